"""The learning-rate finder in a real browser, where a button in a fragment would move no slider outside of it."""

import re

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


def test_the_suggested_rate_is_taken(browser: Browser, enter, lab: str, idle) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/train?recipe=notebook-dot&notebook-dot.learning_rate=0.0001")
        page.get_by_text("Learning rate: plan and finder").click(timeout=60_000)
        page.get_by_role("button", name="Find a learning rate").click(timeout=60_000)
        take = page.get_by_role("button", name=re.compile(r"Take 0\.[12]$"))
        take.click(timeout=60_000)
        expect(page.get_by_role("slider", name="Learning rate")).to_have_attribute(
            "aria-valuetext", re.compile(r"^0\.[12]\b")
        )
        idle(page)
        expect(page.get_by_role("img", name=re.compile("Loss by learning rate.* Suggested rate: 0"))).to_be_visible()
        assert page.complaints == []
