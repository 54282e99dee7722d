"""The card of a movie in a real browser: opened by a bar, a search, a neighbour; closed by a key; kept by a reload."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

FIRST_BAR = """() => {
    const plot = document.querySelector(".st-key-best .cf-plot"), { xaxis, yaxis } = plot._fullLayout;
    const frame = plot.getBoundingClientRect();
    return [frame.left + xaxis._offset + xaxis.d2p(0.3), frame.top + yaxis._offset + yaxis.d2p(1)];
}"""


@pytest.fixture
def board(student: Page, lab: str, idle) -> Page:
    student.goto(f"{lab}/best_and_worst")
    for key in ("best", "worst"):
        student.locator(f".st-key-{key} .cf-plot[data-state=drawn]").wait_for()
    idle(student)
    return student


def card(page: Page, title: str) -> None:
    """The card of that movie is there, with its place on the map."""
    expect(page.get_by_role("dialog").get_by_text(title, exact=True)).to_be_visible()
    page.locator(".st-key-card_place .cf-plot[data-state=drawn]").wait_for()


def test_a_bar_opens_the_card_which_escape_closes(board: Page) -> None:
    left, top = board.evaluate(FIRST_BAR)
    board.mouse.move(left - 2, top)
    board.mouse.move(left, top)
    board.locator(".cf-plot .hovertext").first.wait_for()
    board.mouse.click(left, top)
    card(board, "Shawshank Redemption, The (1994)")
    expect(board).to_have_url(re.compile("card=318"))
    board.keyboard.press("Escape")
    expect(board.get_by_role("dialog")).to_have_count(0)
    expect(board).not_to_have_url(re.compile("card="))


def test_search_then_a_neighbour_then_a_reload(board: Page, idle: Callable[[Page], None]) -> None:
    board.get_by_role("combobox", name="Open a movie's card").fill("Empire Strikes Back")
    board.get_by_role("option", name="Star Wars: Episode V - The Empire Strikes Back (1980)").click()
    card(board, "Star Wars: Episode V - The Empire Strikes Back (1980)")
    idle(board)
    table = board.locator("[class*=st-key-card_near]").get_by_test_id("stDataFrame")
    table.click(position={"x": 12, "y": 35 + 17})  # the first row's box for choosing; the grid is a canvas
    expect(board.get_by_role("dialog").get_by_text("The Empire Strikes Back")).to_have_count(0)
    expect(board).not_to_have_url(re.compile("card=1196"))
    idle(board)
    address = board.url
    board.reload()
    board.locator(".st-key-card_place .cf-plot[data-state=drawn]").wait_for()
    expect(board).to_have_url(address)
