"""Clicks on charts in a real browser: a bar filters the other views, a point a user, a cell opens the facts."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TOTAL = "document.querySelector('.st-key-{key} .cf-plot').data[0].{axis}.reduce((a, b) => a + b)"
SPOT = """([key, trace, point]) => {
    const plot = document.querySelector(`.st-key-${key} .cf-plot`), { xaxis, yaxis } = plot._fullLayout;
    const { x, y } = plot.data[trace], frame = plot.getBoundingClientRect();
    return [frame.left + xaxis._offset + xaxis.d2p(x[point]), frame.top + yaxis._offset + yaxis.d2p(y[point])];
}"""

MIDDLE = """([key, bar]) => {
    const box = document.querySelectorAll(`.st-key-${key} .cf-plot .point path`)[bar].getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.fixture
def data(student: Page, lab: str) -> Page:
    student.set_viewport_size({"width": 1280, "height": 720})
    student.goto(f"{lab}/data")
    for key in ("histogram", "by_year", "by_genre"):
        student.locator(f".st-key-{key} .cf-plot[data-state=drawn]").wait_for()
    return student


def look_at(page: Page, view: str, key: str) -> None:
    """Choose a view, and wait for its plot."""
    page.get_by_role("radio", name=view).click()
    page.locator(f".st-key-{key} .cf-plot[data-state=drawn]").wait_for()


def click(page: Page, left: float, top: float) -> None:
    """Rest the mouse on a point until its tip is there, then click."""
    page.mouse.move(left - 2, top - 2)
    page.mouse.move(left, top)
    page.locator(".cf-plot .hovertext").first.wait_for()
    page.mouse.click(left, top)


def click_bar(page: Page, key: str, bar: int) -> None:
    """Click in the middle of a bar: one of the lowest is a few pixels high."""
    click(page, *page.evaluate(MIDDLE, [key, bar]))


def wait_for_total(page: Page, key: str, total: int, axis: str = "y") -> None:
    page.wait_for_function(f"{TOTAL.format(key=key, axis=axis)} === {total}")


def test_a_bar_filters_the_other_views_and_a_second_click_clears(data: Page) -> None:
    click_bar(data, "histogram", 0)
    expect(data.get_by_text("1,101 of 100,004 ratings")).to_be_visible()
    before = data.locator(".st-key-histogram").bounding_box()
    wait_for_total(data, "histogram", 100_004)
    expect(data).to_have_url(re.compile("stars=0.5"))
    click_bar(data, "histogram", 0)
    expect(data.get_by_text("100,004 ratings · 671 users")).to_be_visible()
    after = data.locator(".st-key-histogram").bounding_box()
    assert before and after and before["y"] == after["y"]  # the chips did not push the charts down
    click_bar(data, "histogram", 0)
    expect(data.get_by_text("1,101 of 100,004 ratings")).to_be_visible()
    look_at(data, "Over time", "activity")
    wait_for_total(data, "activity", 1_101)


def test_a_genre_and_the_button_that_clears_it(data: Page) -> None:
    click_bar(data, "by_genre", 0)
    expect(data.get_by_text("44,752 of 100,004 ratings")).to_be_visible()
    wait_for_total(data, "histogram", 44_752)
    data.locator(".st-key-clear_genre button").first.click()
    wait_for_total(data, "histogram", 100_004)


def test_a_point_chooses_its_user(data: Page) -> None:
    look_at(data, "Users", "cloud")
    last = data.evaluate("document.querySelector('.st-key-cloud .cf-plot').data[0].x.length") - 1
    extreme = data.evaluate(
        "(() => { const { x } = document.querySelector('.st-key-cloud .cf-plot').data[0]; "
        "return x.indexOf(Math.min(...x)); })()"
    )
    assert 0 <= extreme <= last
    user, n, *_ = data.evaluate(f"document.querySelector('.st-key-cloud .cf-plot').data[0].customdata[{extreme}]")
    click(data, *data.evaluate(SPOT, ["cloud", 0, extreme]))
    expect(data.get_by_text(f"{n:,} of 100,004 ratings")).to_be_visible()
    expect(data.locator(".st-key-clear_user_id")).to_contain_text(f"user {user}")
    look_at(data, "Over time", "activity")
    wait_for_total(data, "activity", n)


def test_a_point_of_the_long_tail_chooses_its_movie(data: Page) -> None:
    look_at(data, "Long tail", "tail_movie")
    left, top = data.evaluate(
        "(() => { const plot = document.querySelector('.st-key-tail_movie .cf-plot'), { xaxis, yaxis } = "
        "plot._fullLayout, box = plot.getBoundingClientRect(); return [box.left + xaxis._offset + xaxis.d2p(1), "
        "box.top + yaxis._offset + yaxis.d2p(341)]; })()"
    )
    click(data, left, top)
    expect(data.get_by_text("341 of 100,004 ratings")).to_be_visible()
    expect(data.locator(".st-key-clear_item_id")).to_contain_text("Forrest Gump")


def test_a_drag_does_not_zoom(data: Page) -> None:
    box = data.locator(".st-key-by_year .nsewdrag").bounding_box()
    assert box
    ranges = "document.querySelector('.st-key-by_year .cf-plot')._fullLayout.xaxis.range.join()"
    before = data.evaluate(ranges)
    data.mouse.move(box["x"] + 40, box["y"] + 40)
    data.mouse.down()
    data.mouse.move(box["x"] + 140, box["y"] + 80, steps=5)
    data.mouse.up()
    assert data.evaluate(ranges) == before


def test_a_cell_opens_the_facts_which_survive_a_reload(data: Page) -> None:
    look_at(data, "The corner", "crosstab")
    box = data.locator(".st-key-crosstab .nsewdrag").bounding_box()
    assert box
    click(data, box["x"] + box["width"] / 10, box["y"] + box["height"] / 10)
    said = "User 564 gave Pulp Fiction (1994) 5 stars"
    expect(data.get_by_role("heading", level=1)).to_have_text("One movie or user")
    expect(data.get_by_text(said)).to_be_visible()
    expect(data).to_have_url(re.compile("user=564.*movie=296|movie=296.*user=564"))
    data.reload()
    expect(data.get_by_text(said)).to_be_visible()


def test_a_filter_in_the_address_is_in_force_after_a_reload(data: Page) -> None:
    click_bar(data, "histogram", 0)
    expect(data.get_by_text("1,101 of 100,004 ratings")).to_be_visible()
    data.reload()
    expect(data.get_by_text("1,101 of 100,004 ratings")).to_be_visible()


def test_charts_without_a_choice_do_not_look_clickable(data: Page) -> None:
    cursor = "getComputedStyle(document.querySelector('.st-key-{} .nsewdrag')).cursor"
    assert data.evaluate(cursor.format("histogram")) == "pointer"
    look_at(data, "Over time", "activity")
    assert data.evaluate(cursor.format("activity")) != "pointer"


def test_a_row_of_neighbours_leads_to_that_neighbour(lab: str, page: Page, idle) -> None:
    page.goto(f"{lab}/facts?user=547&movie=260")
    table = page.locator("[class*=st-key-near_movie]").get_by_test_id("stDataFrame")
    table.wait_for(timeout=60_000)
    idle(page)
    table.click(position={"x": 12, "y": 35 + 17})  # the first row's box for choosing; the grid is a canvas
    expect(page.get_by_role("heading", name="Star Wars: Episode V - The Empire Strikes Back (1980)")).to_be_visible()
    expect(page).to_have_url(re.compile("movie=1196"))
