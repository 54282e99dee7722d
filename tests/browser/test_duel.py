"""Two runs side by side in a real browser: their errors, their rankings, and what they recommend."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_theatre import DRAWN, option

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.st-key-compare_ranking .cf-plot')"
LAST_BAR = f"""() => {{
    const plot = {PLOT}, {{ xaxis, yaxis }} = plot._fullLayout, bars = plot.data.at(-1);
    const box = plot.getBoundingClientRect(), [x, y] = [xaxis.d2p(bars.x.at(-1)), yaxis.d2p(bars.y.at(-1) / 2)];
    return [box.x + xaxis._offset + x, box.y + yaxis._offset + y];
}}"""
"""Where the bar of the user for whom B is furthest ahead is on the screen."""


def test_the_duel(page: Page, lab: str, idle) -> None:
    """In a workspace of its own, so that no other test meets its runs."""
    page.set_viewport_size({"width": 1280, "height": 720})
    for setting, name in (("n_factors=8", "fast · 8 factors"), ("n_factors=3", "fast · 3 factors")):
        page.goto(f"{lab}/train?recipe=fast&fast.{setting}")
        page.locator(".st-key-start button").click(timeout=60_000)
        box = page.get_by_role("combobox", name="Run", exact=True)
        expect(box).to_have_value(re.compile(rf"^{name} · 0\.8"), timeout=60_000)

    page.goto(f"{lab}/compare?compare_view=Errors")
    page.wait_for_selector(DRAWN.format("compare_errors"), timeout=60_000)
    expect(page.get_by_text(re.compile(r"clearly better")).first).to_be_visible()
    option(page, "Ranking").click()
    page.wait_for_selector(DRAWN.format("compare_ranking"), timeout=60_000)
    idle(page)
    box = page.get_by_role("combobox", name="User", exact=True)
    at_first = box.input_value()
    x, y = page.evaluate(LAST_BAR)
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.locator(".st-key-compare_ranking .hovertext").first.wait_for()
    page.mouse.click(x, y)
    expect(box).not_to_have_value(at_first)
    user = box.input_value()
    expect(page).to_have_url(re.compile(rf"compare_user={user}\b"))

    option(page, "What to watch").click()
    expect(page.get_by_text(re.compile("On both lists:"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("On both lists:"))).to_be_visible()
    expect(page.get_by_role("combobox", name="User", exact=True)).to_have_value(user)
    assert page.complaints == []
