"""On a phone no label lies over another."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.test_one_screen import PHONE

pytestmark = pytest.mark.browser

DRAWN = "(keys) => keys.every((key) => document.querySelector(`.st-key-${key} .cf-plot`)?.dataset.state === 'drawn')"
OVERLAPS = """([plot, labels, others]) => {
    const within = (selector) => [...document.querySelectorAll(`${plot} ${selector}`)];
    const boxes = within(others).map((other) => other.getBoundingClientRect());
    const covers = (a) => boxes.some((b) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
    const found = within(labels).filter((label) => covers(label.getBoundingClientRect()));
    return [within(labels).length, boxes.length, found.map((label) => label.textContent)];
}"""
"""How many labels and others a plot has, and which of the labels lie over one of the others."""


@pytest.fixture
def phone(lab: str, student: Page, idle: Callable[[Page], None]) -> Callable[..., Page]:
    """`phone(address, *keys)` opens that address on a phone and waits for these plots."""

    def open_at(address: str, *keys: str) -> Page:
        student.set_viewport_size(PHONE)
        student.goto(f"{lab}/{address}")
        idle(student)
        student.wait_for_function(DRAWN, arg=keys, timeout=60_000)
        return student

    return open_at


def test_long_titles_end_before_their_numbers(phone) -> None:
    page = phone("best_and_worst?top=50", "best", "worst")
    for part in ("best", "worst"):
        n_titles, n_numbers, over = page.evaluate(OVERLAPS, [f".st-key-{part}", ".ytick text", ".y2tick text"])
        assert (n_titles, n_numbers, over) == (50, 50, [])
