"""The table that is factored by hand in a real browser: click, type, slide, step, play, undo, reload."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PLOT = "document.querySelector('.st-key-hand_table .cf-plot')"
CELL = """([row, column]) => document.querySelector(".st-key-hand_table .cf-plot").data[0].z[row][column]"""


@pytest.fixture
def hand(student: Page, lab: str) -> Page:
    """The page on a projector, at the start of the seed: the server may remember an earlier test's numbers."""
    student.set_viewport_size({"width": 1280, "height": 720})
    student.goto(f"{lab}/by_hand")
    wait_until_drawn(student)
    remembered = score(student, "step").inner_text()
    press(student, "hand_one_step")  # so that it can be seen when the numbers are back at the start
    expect(score(student, "step")).not_to_have_text(remembered)
    press(student, "hand_reset")
    expect(score(student, "step")).to_have_text("0")
    student.locator(".st-key-hand_table").scroll_into_view_if_needed()
    return student


def wait_until_drawn(page: Page) -> None:
    for key in ("hand_table", "cost"):
        page.locator(f".st-key-{key} .cf-plot[data-state=drawn]").wait_for()


def score(page: Page, which: str) -> Locator:
    """One of the numbers above the sheet."""
    return page.locator(".st-key-hand_bar strong").nth(("step", "training", "held out").index(which))


def box(page: Page, label: str) -> Locator:
    return page.get_by_role("combobox", name=label, exact=True)


def rmse(page: Page) -> str:
    return score(page, "training").inner_text()


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()


def cell(page: Page, row: int, column: int) -> float:
    """What a cell of the table shows."""
    return page.evaluate(CELL, [row, column])


def click_at(page: Page, x: float, y: float) -> None:
    """Click at a place of the sheet in the coordinates of its axes."""
    area = page.locator(".st-key-hand_table .nsewdrag").bounding_box()
    assert area
    (left, right), (bottom, top) = page.evaluate(f"[{PLOT}.layout.xaxis.range, {PLOT}.layout.yaxis.range]")
    px = area["x"] + area["width"] * (x - left) / (right - left)
    py = area["y"] + area["height"] * (y - top) / (bottom - top)
    page.mouse.move(px - 2, py - 2)
    page.mouse.move(px, py)
    page.locator(".st-key-hand_table .hovertext").wait_for()
    page.mouse.click(px, py)


def click_cell(page: Page, row: int, column: int) -> None:
    click_at(page, column, row)


def unfold(page: Page, label: str) -> None:
    """Open what is folded under a label. While it opens, what is inside moves away from under a click."""
    expander = page.get_by_test_id("stExpander").filter(has_text=label)
    expander.get_by_text(label).click()
    page.wait_for_function("(node) => !node.getAnimations({ subtree: true }).length", arg=expander.element_handle())


def click_number(page: Page, side: str, row: int, place: int) -> None:
    """Click one of the numbers of a user, left of the table, or of a movie, above it."""
    before = page.evaluate(f"{PLOT}.data[1].x0") + place
    click_at(page, *((before, row) if side == "user" else (row, before)))
    name = f"{'user' if side == 'user' else 'movie'}: factor {place + 1}"
    expect(box(page, "Number")).to_have_value(name)


def type_number(page: Page, number: str) -> None:
    """Type a value for the selected number, by keyboard alone from there."""
    page.get_by_role("spinbutton", name="Value").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def test_one_step_lowers_the_cost_and_moves_the_cells_and_reset_goes_back_to_the_start(hand: Page) -> None:
    start, seen = rmse(hand), cell(hand, 0, 0)
    press(hand, "hand_one_step")
    expect(score(hand, "step")).to_have_text("1")
    assert float(rmse(hand)) < float(start)
    hand.wait_for_function(f"({CELL})([0, 0]) !== {seen}")
    press(hand, "hand_ten_steps")
    expect(score(hand, "step")).to_have_text("11")
    press(hand, "hand_reset")
    expect(score(hand, "step")).to_have_text("0")
    assert rmse(hand) == start


def test_type_and_everything_follows_and_undo_takes_it_back(hand: Page) -> None:
    before, seen, other = rmse(hand), cell(hand, 0, 0), cell(hand, 1, 0)
    click_number(hand, "user", 0, 0)
    type_number(hand, "3")
    expect(score(hand, "training")).not_to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 0]) > {seen} + 0.5")
    assert cell(hand, 1, 0) == other
    press(hand, "hand_undo")
    expect(score(hand, "training")).to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 0]) === {seen}")
    expect(hand.locator(".st-key-hand_undo button").first).to_be_disabled()


def test_type_above_the_movies(hand: Page) -> None:
    before, left, right = rmse(hand), cell(hand, 0, 0), cell(hand, 0, 1)
    click_number(hand, "item", 1, 1)
    type_number(hand, "-2")
    expect(score(hand, "training")).not_to_have_text(before)
    hand.wait_for_function(f"({CELL})([0, 1]) < {right}")
    assert cell(hand, 0, 0) == left


def test_steps_after_typing_go_on_from_what_was_typed(hand: Page) -> None:
    click_number(hand, "user", 0, 0)
    type_number(hand, "3")
    expect(hand.locator(".st-key-hand_undo button").first).to_be_enabled()
    typed = rmse(hand)
    press(hand, "hand_ten_steps")
    expect(score(hand, "step")).to_have_text("10")
    press(hand, "hand_undo")
    expect(score(hand, "training")).to_have_text(typed)


def test_what_no_number_can_be_is_refused_in_words(hand: Page) -> None:
    before = rmse(hand)
    type_number(hand, "101")
    expect(hand.get_by_text("cannot be a factor or a bias")).to_be_visible()
    expect(score(hand, "training")).to_have_text(before)


def test_the_slider_moves_the_number(hand: Page) -> None:
    before = rmse(hand)
    click_number(hand, "user", 2, 3)
    hand.get_by_role("slider", name="Slide").focus()
    hand.keyboard.press("End")
    expect(score(hand, "training")).not_to_have_text(before)
    expect(hand.get_by_role("spinbutton", name="Value")).to_have_value("3.000")
    expect(hand.get_by_text(re.compile(r" · was -?\d"))).to_be_visible()


def test_click_a_cell_and_it_is_written_out(hand: Page) -> None:
    click_cell(hand, 2, 4)
    expect(box(hand, "User")).to_have_value("user 73")
    expect(box(hand, "Movie")).to_have_value("Shawshank Redemption, The (1994)")
    shown = cell(hand, 2, 4)
    expect(hand.get_by_text(f"{shown:.2f} - rating 5 = error {shown - 5:+.2f}")).to_be_visible()
    selected = f"{PLOT}.layout.shapes.find((shape) => shape.name === 'selected')"
    hand.wait_for_function(f"{selected}.path === 'M3.5,1.5H4.5V2.5H3.5Z'")


def test_a_step_from_the_clicked_cell_alone(hand: Page) -> None:
    click_cell(hand, 0, 1)
    expect(box(hand, "Movie")).to_have_value("Braveheart (1995)")
    unfold(hand, "Start and step")
    hand.locator(".st-key-hand_batch").get_by_text("the selected cell").click()
    hand.locator(".st-key-hand_more").get_by_text("The next step").click()
    expect(hand.get_by_text("The gradient over this rating alone")).to_be_visible()
    away, seen = cell(hand, 5, 5), cell(hand, 0, 1)
    press(hand, "hand_one_step")
    expect(score(hand, "step")).to_have_text("1")
    hand.wait_for_function(f"({CELL})([0, 1]) !== {seen}")
    assert cell(hand, 5, 5) == away


def test_the_sheet_is_aligned_and_in_view_with_curve_and_number(hand: Page) -> None:
    """All three parts lie on one pair of axes, each number one unit from the next."""
    parts = hand.evaluate(f"{PLOT}.data.map(({{xaxis, yaxis, dx, dy}}) => [xaxis ?? 'x', yaxis ?? 'y', dx, dy])")
    assert parts == [["x", "y", 1, 1]] * 3
    click_number(hand, "user", 14, 2)
    for part in (".st-key-hand_table .nsewdrag", ".st-key-cost", ".st-key-hand_value", ".st-key-hand_slider"):
        area = hand.locator(part).bounding_box()
        assert area and area["y"] > 60 and area["y"] + area["height"] <= 720, part


def test_the_numbers_survive_a_reload_and_each_step_costs_no_press_of_back(hand: Page) -> None:
    entries = hand.evaluate("history.length")
    press(hand, "hand_ten_steps")
    expect(score(hand, "step")).to_have_text("10")
    after_steps = rmse(hand)
    click_number(hand, "item", 3, 1)
    type_number(hand, "2.5")
    expect(score(hand, "training")).not_to_have_text(after_steps)
    before = rmse(hand)
    hand.reload()
    wait_until_drawn(hand)
    expect(score(hand, "training")).to_have_text(before)
    expect(score(hand, "step")).to_have_text("10")
    expect(hand.get_by_role("spinbutton", name="Value")).to_have_value("2.500")
    assert hand.evaluate("history.length") == entries


def test_play_goes_on_by_itself_until_stopped(hand: Page) -> None:
    costs = "document.querySelector('.st-key-cost .cf-plot')?.data"
    press(hand, "hand_play")
    hand.wait_for_function(f"{costs}?.[0].x.at(-1) >= 20")
    press(hand, "hand_stop")
    expect(hand.locator(".st-key-hand_play button").first).to_be_visible()
    steps = score(hand, "step").inner_text()
    hand.wait_for_timeout(1_500)
    expect(score(hand, "step")).to_have_text(steps)
    hand.wait_for_function(f"{costs}?.[0].x.at(-1) === {steps}")
    train, valid = (hand.evaluate(f"{costs}[{i}].y") for i in (0, 1))
    assert train[:20] == sorted(train[:20], reverse=True)  # later, weight decay may cost a little
    assert valid[-1] < valid[0]
