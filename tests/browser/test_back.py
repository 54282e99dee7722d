"""Back takes one press: every press leads to another page, whatever was set on the pages between."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from pages.shared.steps import BY_NAME
from tests.browser.conftest import navigate

pytestmark = pytest.mark.browser

WAY = ("data", "facts", "train", "best_and_worst")


@pytest.fixture
def start(student: Page, lab: str, idle) -> Page:
    """The page Start, in a browser that has a run."""
    student.goto(lab)
    idle(student)
    return student


def go(page: Page, name: str, idle: Callable[[Page], None]) -> None:
    navigate(page, BY_NAME[name].title)
    arrived(page, name, idle)


def arrived(page: Page, name: str, idle: Callable[[Page], None]) -> None:
    """The page of that name is there, whole, with its address."""
    title = "CF Lab" if name == "start" else BY_NAME[name].title
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    idle(page)
    page.wait_for_timeout(500)  # an address that is written last
    assert urlsplit(page.url).path == f"/{'' if name == 'start' else name}"


def parameters(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_each_press_leads_to_the_page_before(start: Page, idle) -> None:
    for name in WAY:
        go(start, name, idle)
        assert parameters(start) == {}  # defaults go without saying
    for name in (*reversed(WAY[:-1]), "start"):
        start.go_back()
        arrived(start, name, idle)
    start.go_forward()
    arrived(start, WAY[0], idle)


def test_what_was_chosen_on_a_page_takes_no_press_and_stays_with_the_page(start: Page, idle) -> None:
    go(start, "best_and_worst", idle)
    start.get_by_role("radio", name="Raters").click()
    expect(start).to_have_url(re.compile("view=Raters"))
    idle(start)
    search = start.get_by_role("combobox", name="Open a movie's card")
    search.fill("Empire Strikes Back")
    start.get_by_role("option", name="Star Wars: Episode V - The Empire Strikes Back (1980)").click()
    start.locator(".st-key-card_place .cf-plot[data-state=drawn]").wait_for()
    start.keyboard.press("Escape")
    idle(start)
    go(start, "break_it", idle)
    assert parameters(start) == {}
    start.get_by_role("radio", name="One factor").or_(start.get_by_role("button", name="One factor")).first.click()
    idle(start)
    go(start, "runs", idle)
    start.go_back()
    arrived(start, "break_it", idle)
    assert parameters(start) == {"failure": ["One factor"]}
    start.go_back()
    arrived(start, "best_and_worst", idle)
    assert parameters(start) == {"view": ["Raters"]}
    start.locator(".st-key-raters .cf-plot[data-state=drawn]").wait_for()
    start.go_back()
    arrived(start, "start", idle)


def test_a_run_that_was_chosen_stays_in_the_address_of_every_page(start: Page, idle) -> None:
    go(start, "train", idle)
    go(start, "runs", idle)
    table = start.get_by_test_id("stDataFrame").first
    table.click(position={"x": 14, "y": 35 + 17})  # the first row's box for choosing; the grid is a canvas
    expect(start).to_have_url(re.compile("run="))
    chosen = parameters(start)
    for name in ("data", "movie_map"):
        go(start, name, idle)
        expect(start).to_have_url(re.compile("run="))
        assert parameters(start) == chosen
    for name in ("data", "runs", "train", "start"):
        start.go_back()
        arrived(start, name, idle)
