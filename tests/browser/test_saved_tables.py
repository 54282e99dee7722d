"""The button that saves a table: nothing moves when it comes, keyboards and fingers reach it, and its file holds what
the table shows."""

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

TABLES = {"facts": "near_user", "ranking": "ranking_list"}
"""A table of each of these pages, by the beginning of its key."""
PLACE = (
    "(box) => [...Object.values(box.getBoundingClientRect().toJSON()), document.querySelector('.stMain').scrollHeight]"
)


def table_of(page: Page, lab: str, name: str, idle: Callable[[Page], None]) -> Locator:
    page.goto(f"{lab}/{name}")
    idle(page)
    table = page.locator(f'[class*="st-key-saved_{TABLES[name]}"]')
    expect(table.get_by_test_id("data-grid-canvas")).to_be_visible()
    return table


def button_of(table: Locator) -> Locator:
    return table.get_by_role("button", name="Save as CSV").filter(visible=True)


def around(table: Locator) -> Locator:
    """What appears and goes: the place of the button."""
    return table.locator('[class*="st-key-csv_of_"]')


def is_same(written: str, cell: str) -> bool:
    """Whether a value of the file is the one in a cell, where numbers are rounded, and a share has its sign."""
    try:
        return abs(float(written) - float(cell.replace(",", "").removesuffix("%"))) <= 0.5
    except ValueError:
        return written == cell


@pytest.mark.parametrize("name", TABLES)
def test_pointing_at_a_table_offers_what_it_shows(lab: str, student: Page, idle, name: str) -> None:
    table = table_of(student, lab, name, idle)
    expect(around(table)).to_have_css("opacity", "0")
    before = table.evaluate(PLACE)
    table.get_by_test_id("stDataFrame").hover()
    expect(around(table)).to_have_css("opacity", "1")
    assert table.evaluate(PLACE) == before
    picture, button = table.get_by_test_id("stDataFrame").bounding_box(), button_of(table).bounding_box()
    assert table.bounding_box()["height"] == picture["height"]
    assert button["y"] + button["height"] <= picture["y"]
    with student.expect_download() as download:
        button_of(table).click()
    assert download.value.suggested_filename.endswith(".csv")
    with download.value.path().open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    cells = table.locator("tr").nth(1).locator("[role=gridcell]")  # what the picture says to a screen reader
    expect(cells.last).to_have_text(re.compile(r"\d"))
    assert [text for text in table.locator("[role=columnheader]").all_text_contents() if text] == header
    first = cells.all_text_contents()[-len(header) :]
    assert [pair for pair in zip(rows[0], first, strict=True) if not is_same(*pair)] == []


def test_a_keyboard_reaches_the_button(lab: str, student: Page, idle) -> None:
    table = table_of(student, lab, "ranking", idle)
    button_of(table).focus()
    student.keyboard.press("Shift+Tab")
    expect(around(table)).to_have_css("opacity", "1")
    student.keyboard.press("Tab")
    expect(button_of(table)).to_be_focused()
    expect(around(table)).to_have_css("opacity", "1")
    with student.expect_download() as download:
        student.keyboard.press("Enter")
    assert download.value.suggested_filename == "ranking-list.csv"


def test_on_a_touch_screen_it_is_seen_below_the_table(lab: str, browser: Browser, enter, idle) -> None:
    with enter(browser, lab, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as phone:
        table = table_of(phone, lab, "ranking", idle)
        expect(around(table)).to_have_css("opacity", "1")
        above, button = table.get_by_test_id("stDataFrame").bounding_box(), button_of(table).bounding_box()
        assert button["y"] >= above["y"] + above["height"]
        with phone.expect_download() as download:
            button_of(table).tap()
        assert download.value.suggested_filename == "ranking-list.csv"
