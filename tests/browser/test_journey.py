"""The lesson's way in a real browser, start to map; and what belongs to one browser stays with it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import navigate, wait_until_idle, wait_until_settled

pytestmark = pytest.mark.browser

LAST_POSITION = """() => {
    const plot = document.querySelector(".st-key-curves .cf-plot");
    return plot?.data?.find((line) => line.name === "training loss")?.x.at(-1) ?? 0;
}"""
GROWN = f"(before) => ({LAST_POSITION})() > before"
OUTERMOST = """() => {
    const { points } = document.querySelector(".st-key-map .cf-plot"), { ax, bx, ay, by } = points.frame();
    const best = points.data.x.indexOf(Math.max(...points.data.x)), frame = points.canvas.getBoundingClientRect();
    const left = frame.left + points.data.x[best] * ax + bx, top = frame.top + points.data.y[best] * ay + by;
    return { left, top, title: points.layer.titles[best] };
}"""
FOUND = """() => document.querySelector(".st-key-map .cf-plot").data.find((trace) => trace.name === "found")
    ?.customdata.map((facts) => facts[0])"""


def drawn(page: Page, key: str):
    """The plot with that key, once it is drawn with all its data."""
    plot = page.locator(f".st-key-{key} .cf-plot[data-state=drawn]")
    plot.wait_for(timeout=30_000)
    return plot


def hover_text(page: Page, left: float, top: float) -> str:
    """What the tip says where the mouse rests."""
    page.mouse.move(left - 5, top - 5)
    page.mouse.move(left, top, steps=3)
    tip = page.locator(".cf-plot .hoverlayer .hovertext, .cf-plot .cf-tooltip:not([hidden])").first
    tip.wait_for()
    return tip.text_content() or ""


def choose(page: Page, key: str, option: str | re.Pattern[str]) -> None:
    """An option of a selectbox by the beginning of its text, once the page that ends a run is all there."""
    wait_until_idle(page)
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option).first.click()


def choose_first_row(page: Page) -> None:
    """The first run of the table of Your runs, by its box for choosing; the grid is a canvas."""
    wait_until_idle(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 14, "y": 35 + 17})


def slide(page: Page, setting: str, end: str) -> None:
    """A slider of the recipe `fast` to one end: "Home" or "End"."""
    page.locator(f".st-key-fast-{setting}").get_by_role("slider").press(end)


def test_the_whole_way(page: Page, lab: str, idle) -> None:
    page.goto(lab)
    expect(page.get_by_role("heading", level=1)).to_have_text("CF Lab")

    idle(page)
    page.get_by_role("link", name="Next: Data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Data")
    page.get_by_role("radio", name="The corner").click()
    crosstab = drawn(page, "crosstab")
    assert crosstab.get_attribute("data-n") == "206"
    idle(page)
    expect(page.locator(".cf-plot:not([data-state=drawn])")).to_have_count(0)
    crosstab.scroll_into_view_if_needed()
    cells = crosstab.locator(".nsewdrag").bounding_box()
    first = hover_text(page, cells["x"] + cells["width"] / 30, cells["y"] + cells["height"] / 30)
    assert "Forrest Gump (1994)" in first
    assert "2 stars" in first

    navigate(page, "Train")
    choose(page, "recipe", "fast")
    page.locator(".st-key-start button").click()
    page.wait_for_function(GROWN, arg=0)
    expect(page.get_by_text(re.compile(r"RMSE 0\.8")).first).to_be_visible()
    drawn(page, "curves")
    page.wait_for_function(f"({LAST_POSITION})() === 3")

    slide(page, "batch_size", "Home")
    slide(page, "n_epochs", "End")
    wait_until_settled(page)  # the caution about these settings moves the button
    page.locator(".st-key-start button").click()
    stop = page.locator(".st-key-stop button")
    stop.wait_for()
    page.wait_for_function(f"({LAST_POSITION})() < 5")
    for _ in range(3):
        page.wait_for_function(GROWN, arg=page.evaluate(LAST_POSITION))
        expect(stop).to_be_visible()
    stop.click()
    expect(page.get_by_text(re.compile("Stopped in epoch"))).to_be_visible()
    drawn(page, "curves")
    page.wait_for_function(f"(() => {{ const at = ({LAST_POSITION})(); return 0 < at && at < 30; }})()")

    choose(page, "run_box", re.compile(r"^fast · .*0\.8"))
    navigate(page, "Best & worst movies")
    expect(drawn(page, "best").locator(".ytick").get_by_text("Shawshank Redemption")).to_be_visible()
    drawn(page, "worst")

    navigate(page, "Movie map")
    assert int(drawn(page, "map").get_attribute("data-n")) > 990
    idle(page)
    drawn(page, "map").scroll_into_view_if_needed()
    outermost = page.evaluate(OUTERMOST)
    told = hover_text(page, outermost["left"], outermost["top"])
    assert outermost["title"] in told
    assert "ratings" in told

    search = page.locator(".st-key-map_found").get_by_role("combobox")
    search.fill("Toy Story 2")
    page.get_by_role("option", name="Toy Story 2 (1999)").click()
    page.wait_for_function(f"({FOUND})()?.[0] === 'Toy Story 2 (1999)'")
    expect(drawn(page, "map").locator(".textpoint")).to_contain_text(["Toy Story 2"])
    assert page.complaints == []


def test_a_first_request_below_the_start_page(page: Page, serve, idle, tmp_path: Path) -> None:
    page.goto(f"{serve('app.py', CF_LAB_RUNS=str(tmp_path / 'runs'))}/train")
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    sidebar = page.get_by_test_id("stSidebar")
    expect(page.get_by_test_id("stTopNavSection").filter(has_text="Results")).to_be_visible()
    expect(sidebar.get_by_text("No runs yet.")).to_be_visible()
    expect(page.get_by_role("link", name="app", exact=True)).to_have_count(0)
    drawn(page, "curves")
    idle(page)
    assert page.complaints == []


def test_runs_stay_with_their_browser(lab: str, browser, page: Page, enter) -> None:
    with enter(browser, lab) as owner:
        owner.goto(f"{lab}/runs")
        choose_first_row(owner)
        expect(owner).to_have_url(re.compile("run=notebook-learner-"))
        link = owner.url.replace("/runs?", "/best_and_worst?")
    page.goto(link)
    page.get_by_role("button", name="Train notebook-learner now").wait_for()
    expect(page.get_by_test_id("stSidebar").get_by_text("No runs yet.")).to_be_visible()
    assert page.locator(".cf-plot").count() == 0

    page.get_by_role("button", name="Train notebook-learner now").click()
    drawn(page, "curves")
    drawn(page, "best")
    expect(page.locator(".st-key-run_box").get_by_role("combobox")).to_have_value(re.compile(r"^learner · 0\.8"))
    expect(page).not_to_have_url(link)
    assert page.complaints == []


def test_reload_keeps_the_chosen_run(lab: str, browser, enter) -> None:
    with enter(browser, lab) as page:
        page.goto(f"{lab}/train")
        drawn(page, "curves")
        choose(page, "recipe", "fast")
        page.locator(".st-key-start button").click()
        box = page.locator(".st-key-run_box")
        expect(box.get_by_role("combobox")).to_have_value(re.compile(r"^fast · 0\.8"))
        expect(page.get_by_role("button", name="Another phase")).to_be_enabled()
        choose(page, "run_box", re.compile("learner · 0"))
        expect(page.get_by_text(re.compile(r"the lesson \(0\.765\)"))).to_be_visible()
        expect(page).to_have_url(re.compile("run=notebook-learner-"))
        before = page.url
        page.reload()
        drawn(page, "curves")
        expect(page.get_by_text(re.compile(r"the lesson \(0\.765\)"))).to_be_visible()
        expect(page).to_have_url(before)
        assert page.complaints == []
