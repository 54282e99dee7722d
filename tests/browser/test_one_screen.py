"""On a projector of 1280×720 what a page exists for is in view without scrolling, and no page is longer than three
screens; on a phone it is within the first screen and a half."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from pages.shared.steps import PAGES

pytestmark = pytest.mark.browser

PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
MAIN = {step.name: '[data-testid="stMain"] [data-state=drawn].cf-plot' for step in PAGES} | {
    "start": ".holes",
    "runs": '[data-testid="stDataFrame"]',
    "tensors": '[data-testid="stMain"] code',
}
"""What a page exists for: the first of these; on most pages a plot."""

BOX = "node => { const box = node.getBoundingClientRect(); return [box.top, box.bottom, box.width]; }"
HEIGHT = "() => document.querySelector('.stMain').scrollHeight"
SCROLLED = "() => document.querySelector('.stMain').scrollTop"


def main_box(page: Page, name: str) -> tuple[float, float]:
    """Top and bottom of the first wide element that the page exists for, once it is there."""
    page.locator(MAIN[name]).first.wait_for(timeout=60_000)
    boxes = page.eval_on_selector_all(MAIN[name], f"nodes => nodes.map({BOX})")
    top, bottom, _ = next(box for box in boxes if box[2] > 250)
    return top, bottom


def check_in_view(page: Page, name: str, height: int, at_least: float = 0.95) -> None:
    top, bottom = main_box(page, name)
    seen = (min(bottom, height) - max(top, 0)) / (bottom - top)
    assert seen >= at_least, f"{seen:.0%} of {name} in view: from {top:.0f} to {bottom:.0f} of {height}"


def opened(page: Page, address: str, idle: Callable[[Page], None]) -> Page:
    page.goto(address)
    idle(page)
    page.wait_for_timeout(700)  # plots are drawn, and what grows has grown
    return page


@pytest.mark.parametrize("name", [step.name for step in PAGES if step.name != "compare"])
def test_every_page_on_a_projector(lab: str, browser: Browser, enter, idle, name: str) -> None:
    path = "" if name == "start" else name
    with enter(browser, lab, viewport=PROJECTOR) as page:
        opened(page, f"{lab}/{path}", idle)
        check_in_view(page, name, PROJECTOR["height"])
        assert page.evaluate(HEIGHT) <= 3 * PROJECTOR["height"]
        assert page.evaluate(SCROLLED) == 0


@pytest.mark.parametrize("name", [step.name for step in PAGES if step.name != "compare"])
def test_every_page_on_a_phone(lab: str, browser: Browser, enter, idle, name: str) -> None:
    path = "" if name == "start" else name
    with enter(browser, lab, viewport=PHONE) as page:
        opened(page, f"{lab}/{path}", idle)
        top, _ = main_box(page, name)
        assert top < 1.5 * PHONE["height"] - 200


def test_the_curve_before_during_and_after_a_training(lab: str, browser: Browser, enter, idle) -> None:
    with enter(browser, lab, viewport=PROJECTOR) as page:
        opened(page, f"{lab}/train?recipe=notebook-net", idle)
        check_in_view(page, "train", PROJECTOR["height"])
        before = main_box(page, "train")
        page.locator(".st-key-start button").click()
        page.get_by_role("button", name="Stop").wait_for(timeout=60_000)
        check_in_view(page, "train", PROJECTOR["height"])
        during = main_box(page, "train")
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Stop").wait_for(state="hidden", timeout=60_000)
        idle(page)
        check_in_view(page, "train", PROJECTOR["height"])
        after = main_box(page, "train")
        assert max(abs(before[0] - during[0]), abs(during[0] - after[0])) <= 60
