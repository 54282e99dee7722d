"""The table that is factored by hand in a real browser: type, click a cell, step, play, undo."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

pytestmark = pytest.mark.browser

CELLS = 15
CELL = """([row, column]) => document.querySelector(".st-key-hand_table .cf-plot").data[0].z[row][column]"""


@pytest.fixture
def hand(browser: Browser, lab: str, enter) -> Iterator[Page]:
    with enter(browser, lab) as page:
        page.set_viewport_size({"width": 1280, "height": 2600})
        page.goto(f"{lab}/by_hand")
        page.locator(".st-key-hand_table .cf-plot[data-state=drawn]").wait_for()
        page.locator(".st-key-cost .cf-plot[data-state=drawn]").wait_for()
        expect(metric(page, "Steps")).to_have_text("0")
        yield page
        assert page.complaints == []


def metric(page: Page, label: str) -> Locator:
    """The number below a label."""
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("combobox", name=label)


def rmse(page: Page) -> str:
    return metric(page, "RMSE, training").inner_text()


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()


def cell(page: Page, row: int, column: int) -> float:
    """What a cell of the table shows."""
    return page.evaluate(CELL, [row, column])


def click_cell(page: Page, row: int, column: int) -> None:
    area = page.locator(".st-key-hand_table .nsewdrag").bounding_box()
    assert area
    left = area["x"] + area["width"] * (column + 0.5) / CELLS
    top = area["y"] + area["height"] * (row + 0.5) / CELLS
    page.mouse.move(left - 2, top - 2)
    page.mouse.move(left, top)
    page.locator(".st-key-hand_table .hovertext").wait_for()
    page.mouse.click(left, top)


def select(page: Page, side: str, row: int, column: int) -> None:
    """Select a cell of a grid; rows and columns count from 0 and leave out the labels."""
    grid = page.locator(f"[class*=st-key-hand_{side}_] canvas").first
    area = grid.bounding_box()
    assert area
    label, width = (50, 46) if side == "user" else (60, 72)
    page.mouse.click(area["x"] + label + width * (column + 0.5), area["y"] + 35 * (row + 1.5))
    expect(grid.locator(f"td[aria-selected=true][aria-colindex='{column + 2}']")).to_have_count(1)


def type_into(page: Page, side: str, row: int, column: int, number: str) -> None:
    """Type a number into a cell of a grid."""
    select(page, side, row, column)
    editor = page.locator(".gdg-input")
    for _ in range(5):  # a grid that is being drawn anew lets a key pass by
        page.keyboard.press("Enter")
        with contextlib.suppress(TimeoutError):
            editor.wait_for(timeout=3_000)
            break
    editor.fill(number)
    page.keyboard.press("Enter")


def test_one_step_lowers_the_cost_and_moves_the_cells(hand: Page) -> None:
    before, seen = float(rmse(hand)), cell(hand, 0, 0)
    press(hand, "hand_one_step")
    expect(metric(hand, "Steps")).to_have_text("1")
    assert float(rmse(hand)) < before
    hand.wait_for_function(f"({CELL})([0, 0]) !== {seen}")


def test_type_and_everything_follows_and_undo_takes_it_back(hand: Page) -> None:
    before, seen, other = rmse(hand), cell(hand, 0, 0), cell(hand, 1, 0)
    type_into(hand, "user", 0, 0, "3")
    expect(metric(hand, "RMSE, training")).not_to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 0]) > {seen} + 0.5")
    assert cell(hand, 1, 0) == other
    press(hand, "hand_undo")
    expect(metric(hand, "RMSE, training")).to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 0]) === {seen}")
    expect(hand.locator(".st-key-hand_undo button").first).to_be_disabled()


def test_type_above_the_movies(hand: Page) -> None:
    before, left, right = rmse(hand), cell(hand, 0, 0), cell(hand, 0, 1)
    type_into(hand, "item", 1, 1, "-2")
    expect(metric(hand, "RMSE, training")).not_to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 1]) < {right}")
    assert cell(hand, 0, 0) == left


def test_steps_after_typing_go_on_from_what_was_typed(hand: Page) -> None:
    type_into(hand, "user", 0, 0, "3")
    expect(hand.locator(".st-key-hand_undo button").first).to_be_enabled()
    typed = rmse(hand)
    press(hand, "hand_ten_steps")
    expect(metric(hand, "Steps")).to_have_text("10")
    press(hand, "hand_undo")
    expect(metric(hand, "RMSE, training")).to_have_text(typed)


def test_an_empty_cell_is_refused_in_words(hand: Page) -> None:
    before = rmse(hand)
    select(hand, "user", 2, 2)
    hand.keyboard.press("Delete")
    expect(hand.get_by_text("An empty cell cannot be a factor or a bias.")).to_be_visible()
    expect(metric(hand, "RMSE, training")).to_have_text(before)


def test_click_a_cell_and_it_is_written_out(hand: Page) -> None:
    click_cell(hand, 2, 4)
    expect(box(hand, "User of the cell")).to_have_value("user 73")
    expect(box(hand, "Movie of the cell")).to_have_value("Shawshank Redemption, The (1994)")
    expect(hand.get_by_text("p·q = ")).to_be_visible()
    shown = cell(hand, 2, 4)
    expect(hand.get_by_text(f"error = ŷ - y = {shown:.3f} - 5")).to_be_visible()
    chosen = "document.querySelector('.st-key-hand_table .cf-plot').layout.shapes.find((s) => s.name === 'selected').path"
    hand.wait_for_function(f"{chosen} === 'M3.5,1.5H4.5V2.5H3.5Z'")


def test_a_step_from_the_clicked_cell_alone(hand: Page) -> None:
    click_cell(hand, 0, 1)
    expect(box(hand, "Movie of the cell")).to_have_value("Braveheart (1995)")
    hand.locator(".st-key-hand_batch").get_by_text("the selected cell").click()
    expect(hand.get_by_text("The gradient over this rating alone")).to_be_visible()
    away, seen = cell(hand, 5, 5), cell(hand, 0, 1)
    press(hand, "hand_one_step")
    expect(metric(hand, "Steps")).to_have_text("1")
    hand.wait_for_function(f"({CELL})([0, 1]) !== {seen}")
    assert cell(hand, 5, 5) == away


def test_play_goes_on_by_itself_until_stopped(hand: Page) -> None:
    costs = "document.querySelector('.st-key-cost .cf-plot')?.data"
    press(hand, "hand_play")
    hand.wait_for_function(f"{costs}?.[0].x.at(-1) >= 20")
    press(hand, "hand_stop")
    expect(hand.locator(".st-key-hand_play button").first).to_be_visible()
    steps = metric(hand, "Steps").inner_text()
    hand.wait_for_timeout(1_500)
    expect(metric(hand, "Steps")).to_have_text(steps)
    hand.wait_for_function(f"{costs}?.[0].x.at(-1) === {steps}")
    train, valid = (hand.evaluate(f"{costs}[{i}].y") for i in (0, 1))
    assert train == sorted(train, reverse=True)
    assert valid[-1] < valid[0]


def test_reset_goes_back_to_the_start_of_the_seed(hand: Page) -> None:
    start = rmse(hand)
    press(hand, "hand_ten_steps")
    expect(metric(hand, "Steps")).to_have_text("10")
    press(hand, "hand_reset")
    expect(metric(hand, "Steps")).to_have_text("0")
    assert rmse(hand) == start
