"""On a projector of 1280×720 what a page exists for is in view without scrolling, and no page is longer than three
screens; on a phone it is within the first screen and a half, and nothing is wider than the phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from pages.shared.steps import PAGES
from tests.browser.whole import LAST_PLOTS, wait_until_whole

pytestmark = pytest.mark.browser

PROJECTOR: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 844}
MAIN = {step.name: '[data-testid="stMain"] .cf-plot' for step in PAGES} | {
    "start": ".holes",
    "runs": '[data-testid="stDataFrame"]',
    "your_data": '[data-testid="stFileUploader"]',
    "classroom": '[data-testid="stMain"] [data-testid="stTextInput"]',
    "tensors": '[data-testid="stMain"] code',
    "homework": ".st-key-homework_form",
    "for_you": '[class*="st-key-for_you_list"] [data-testid="stDataFrame"]',
}
"""What a page exists for: the first of these; on most pages a plot."""

WIDE = """(selector) => {
    const wide = [...document.querySelectorAll(selector)].find((node) => node.getBoundingClientRect().width > 250);
    const box = wide?.getBoundingClientRect();
    return box && (wide.dataset.state ?? "drawn") === "drawn" && [box.top, box.bottom];
}"""
"""Top and bottom of the first wide element of a selector, once it is drawn."""
HEIGHT = "() => document.querySelector('.stMain').scrollHeight"
SCROLLED = "() => document.querySelector('.stMain').scrollTop"


def main_box(page: Page, name: str) -> tuple[float, float]:
    """Where the first wide element that the page exists for comes to rest: half a second in the same place."""
    before, found = None, page.wait_for_function(WIDE, arg=MAIN[name], timeout=60_000).json_value()
    while before != found:
        page.wait_for_timeout(500)
        before, found = found, page.wait_for_function(WIDE, arg=MAIN[name], timeout=60_000).json_value()
    top, bottom = found
    return top, bottom


def check_in_view(page: Page, name: str, height: int, at_least: float = 0.95) -> None:
    top, bottom = main_box(page, name)
    seen = (min(bottom, height) - max(top, 0)) / (bottom - top)
    assert seen >= at_least, f"{seen:.0%} of {name} in view: from {top:.0f} to {bottom:.0f} of {height}"


def open_page(page: Page, name: str, lab: str, size: ViewportSize, idle: Callable[[Page], None]) -> None:
    page.set_viewport_size(size)
    page.goto(f"{lab}/{'' if name == 'start' else name}")
    idle(page)


NAMES = [step.name for step in PAGES if step.name not in ("compare", "many_runs")]
"""Without those that take two runs."""


@pytest.mark.parametrize("name", NAMES)
def test_every_page_on_a_projector(lab: str, student: Page, idle, name: str) -> None:
    open_page(student, name, lab, PROJECTOR, idle)
    check_in_view(student, name, PROJECTOR["height"])
    assert student.evaluate(HEIGHT) <= 3 * PROJECTOR["height"]
    assert student.evaluate(SCROLLED) == 0


@pytest.mark.parametrize("name", [step.name for step in PAGES])
def test_every_page_on_a_phone(lab: str, student: Page, idle, name: str) -> None:
    open_page(student, name, lab, PHONE, idle)
    if name in NAMES:
        top, _ = main_box(student, name)
        assert top < 1.5 * PHONE["height"] - 200
    wait_until_whole(student, LAST_PLOTS.get(name))
    assert student.evaluate("document.scrollingElement.scrollWidth") <= 391
    assert student.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth - main.clientWidth") <= 1


def test_the_curve_before_during_and_after_a_training(lab: str, student: Page, idle) -> None:
    open_page(student, "train?recipe=notebook-net", lab, PROJECTOR, idle)
    check_in_view(student, "train", PROJECTOR["height"])
    before = main_box(student, "train")
    student.locator(".st-key-start button").click()
    student.locator(".st-key-stop button").wait_for(timeout=60_000)
    idle(student)  # until then, what was there before stands between what is new
    check_in_view(student, "train", PROJECTOR["height"])
    during = main_box(student, "train")
    student.locator(".st-key-stop button").click()
    student.locator(".st-key-stop button").wait_for(state="hidden", timeout=60_000)
    idle(student)
    check_in_view(student, "train", PROJECTOR["height"])
    after = main_box(student, "train")
    assert max(abs(before[0] - during[0]), abs(during[0] - after[0])) <= 60
