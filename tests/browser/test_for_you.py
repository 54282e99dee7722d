"""What to watch in a real browser: five movies rated by keyboard, the list changing after each, one taken back, and all
of it there after a reload."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import wait_until_idle

pytestmark = pytest.mark.browser

PARTS = ".st-key-for_you_parts .cf-plot"
SAID = ".st-key-for_you_parts [role=img]"
"""What the drawn plot tells those who cannot see it: the parts of the first prediction, to three decimals."""


def why(page: Page) -> str:
    """The parts of the first prediction."""
    said = page.locator(SAID).get_attribute("aria-label")
    assert said and said.startswith("The parts of the prediction, in logits: ")
    return said


def question(page: Page) -> str:
    """The title of the movie to rate."""
    return page.locator(".st-key-for_you_movie").get_by_role("heading").inner_text()


def press(page: Page, key: str) -> None:
    """Press a key for stars and wait until another movie is asked about and the list has moved."""
    wait_until_idle(page)
    asked, listed = question(page), why(page)
    page.keyboard.press(key)
    expect(page.locator(".st-key-for_you_movie").get_by_role("heading")).not_to_have_text(asked)
    expect(page.locator(SAID)).not_to_have_attribute("aria-label", listed)


def test_five_movies_by_keyboard_one_taken_back_and_a_reload(browser: Browser, lab: str, enter, idle) -> None:
    with enter(browser, lab, viewport={"width": 1280, "height": 720}) as page:
        page.goto(f"{lab}/for_you")
        page.locator(f"{PARTS}[data-state=drawn]").wait_for(timeout=60_000)
        idle(page)
        box = page.locator(".st-key-for_you_set_box").get_by_role("combobox")
        for number, key in enumerate(("5", "Shift+1", "4", "Shift+4", "2"), 1):
            press(page, key)
            expect(box).to_have_value(f"Me · {number}")
        press(page, "u")
        expect(box).to_have_value("Me · 4")
        idle(page)
        before, asked = why(page), question(page)
        page.reload()
        expect(box).to_have_value("Me · 4")
        expect(page.locator(SAID)).to_have_attribute("aria-label", before)
        expect(page.locator(".st-key-for_you_movie").get_by_role("heading")).to_have_text(asked)
        assert page.complaints == []


def test_digits_typed_into_the_search_are_no_stars(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/for_you")
    student.locator(f"{PARTS}[data-state=drawn]").wait_for(timeout=60_000)
    idle(student)
    asked = question(student)
    student.get_by_role("combobox", name="Rate another movie").press_sequentially("2001")
    student.get_by_role("option", name="2001: A Space Odyssey (1968)").click()
    expect(student.locator(".st-key-for_you_movie").get_by_role("heading")).to_have_text("2001: A Space Odyssey (1968)")
    student.locator(".st-key-for_you_back button").click()
    expect(student.locator(".st-key-for_you_movie").get_by_role("heading")).to_have_text(asked)
