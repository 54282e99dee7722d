"""The plot component in a real browser: kept in place under refreshes, in the theme's colours, honest about failure."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from tests.browser.conftest import serving

pytestmark = pytest.mark.browser

LIVE = """
import plotly.graph_objects as go
import streamlit as st
from cf_core.charts.style import axis, layout
from pages.shared.plot import plot

st.title("Live")

def body():
    n = st.session_state["n"] = st.session_state.get("n", 0) + 1
    lines = [go.Scatter(uid=name, name=name, x=list(range(n)), y=[shift + i * i % 7 for i in range(n)])
             for name, shift in (("first", 0), ("second", 5))]
    look = layout("Live line", height=300, xaxis=axis("x", range=[0, 200]), yaxis=axis("y"))
    plot(go.Figure(lines, look), key="live", alt=f"A line of {n} points")

st.fragment(body, run_every=0.25)()
"""

STANDS_STILL = """
import plotly.graph_objects as go
import streamlit as st
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState

def body(sent):
    n = st.session_state["n"] = st.session_state.get("n", 0) + 1
    line = go.Scatter(x=list(range(n // 8)), y=list(range(n // 8)))
    plot(go.Figure(line, {"yaxis": {"title": {"text": "y"}}}), key="line", alt="A line", sent=sent)
    st.text(n)

st.fragment(body, run_every=0.25)(SentState())
"""

COMES_AND_GOES = """
import plotly.graph_objects as go
import streamlit as st
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState

def body(sent):
    n = st.session_state["n"] = st.session_state.get("n", 0) + 1
    line = go.Scatter(x=list(range(n)), y=list(range(n)))
    if n % 4:
        plot(go.Figure(line, {"xaxis": {"range": [0, 200]}, "uirevision": "keep"}), key="line", alt="A line", sent=sent)

st.fragment(body, run_every=0.5)(SentState())
"""

BROKEN = """
import plotly.graph_objects as go
import streamlit as st
from pages.shared.plot import plot

figure = go.Figure(go.Scatter(x=[1, 2], y=[1, 2]))
if not st.checkbox("mend"):
    figure.data[0]["y"] = {"dtype": "f8", "bdata": "AAAA"}
plot(figure, key="broken", alt="Two points", height=200)
"""

MAP = """
import numpy as np
import pandas as pd
from cf_core.charts.map.movie_map import movie_map
from pages.shared.plot import plot

movies = pd.DataFrame({
    "item_id": [1, 2, 3], "title": ["A", "B", "C"], "year": [1990, 1991, 1992], "genres": "Drama",
    "n_ratings": [30, 20, 10], "mean_rating": 3.5,
})
plot(movie_map(movies, np.array([[0, 0], [1, 1], [2, 0]]), ("across", "up")), key="map", alt="Three movies")
"""

POINTS = "+document.querySelector('.cf-plot')?.dataset.n"
REDRAWN = "(n) => +document.querySelector('.cf-plot')?.dataset.n >= n"
COUNT_REDRAWS = """() => {
    const node = document.querySelector(".cf-plot");
    node.redraws = 0;
    node.on("plotly_afterplot", () => node.redraws++);
}"""
TEXT_COLOR = "getComputedStyle(document.querySelector('.cf-plot .ytitle')).fill"
CHANGED_COLOR = """(before) => {
    const title = document.querySelector(".cf-plot .ytitle"), color = title && getComputedStyle(title).fill;
    return color !== before && color;
}"""


@pytest.fixture(scope="module")
def address_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """`address_of(script)`: where that script is served, each by one server for all tests; a page is a new session."""
    folder, addresses = tmp_path_factory.mktemp("scripts"), dict[str, str]()
    with serving(folder) as (start, _):

        def serve_once(text: str) -> str:
            if text not in addresses:
                script = folder / f"{len(addresses)}.py"
                script.write_text(text)
                addresses[text] = start(script)
            return addresses[text]

        yield serve_once


@pytest.fixture
def live(page: Page, address_of) -> Page:
    page.goto(address_of(LIVE))
    page.wait_for_selector(".cf-plot[data-state=drawn]", timeout=60_000)
    return page


def points(page: Page) -> int:
    """How many points the plot has; a busy page may take the plot out for a moment."""
    return int(page.wait_for_function(POINTS).json_value())


def after(page: Page, refreshes: int) -> int:
    """Wait for so many refreshes (two points each) and return the number of points then."""
    page.wait_for_function(REDRAWN, arg=points(page) + 2 * refreshes)
    return points(page)


def zoom_in(page: Page) -> list[float]:
    """Drag a box over the middle of the plot; return the x range that it left."""
    box = page.locator(".cf-plot .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()
    return x_range(page)


def x_range(page: Page) -> list[float]:
    return page.evaluate("document.querySelector('.cf-plot')._fullLayout.xaxis.range")


def test_the_same_node_grows_through_ten_refreshes(live: Page) -> None:
    live.wait_for_function(
        "() => { const node = document.querySelector('.cf-plot'); "
        "return node && (node.marked = node.querySelector('.plot-container')); }"
    )
    first = points(live)
    assert after(live, refreshes=10) >= first + 20
    live.wait_for_function("document.querySelector('.cf-plot')?.marked?.isConnected")
    assert live.locator(".cf-plot").count() == 1
    assert live.get_by_role("img", name="A line of ").count() == 1
    assert live.complaints == []


def test_zoom_legend_and_hover_survive_refreshes(live: Page) -> None:
    after(live, refreshes=8)
    zoomed = zoom_in(live)
    assert zoomed != [0, 200]
    live.locator(".cf-plot .legendtoggle").nth(1).click()
    live.wait_for_function("document.querySelector('.cf-plot')._fullData[1].visible === 'legendonly'")
    live.evaluate(COUNT_REDRAWS)
    live.wait_for_function("document.querySelector('.cf-plot').redraws > 4")
    assert x_range(live) == zoomed
    assert live.evaluate("document.querySelector('.cf-plot')._fullData[1].visible") == "legendonly"


def test_tooltip_stays_under_a_still_mouse(live: Page) -> None:
    after(live, refreshes=20)
    point = live.locator(".cf-plot .nsewdrag").bounding_box()
    live.mouse.move(point["x"] + point["width"] * 10 / 200, point["y"] + point["height"] / 2)
    live.wait_for_selector(".cf-plot .hovertext")
    seen = []
    for _ in range(10):
        after(live, refreshes=1)
        seen.append(live.locator(".cf-plot .hovertext").count() > 0)
    assert all(seen)


def test_a_drag_in_progress_survives_refreshes(live: Page) -> None:
    box = live.locator(".cf-plot .nsewdrag").bounding_box()
    live.mouse.move(box["x"] + 100, box["y"] + 40)
    live.mouse.down()
    live.mouse.move(box["x"] + 300, box["y"] + 120, steps=5)
    live.wait_for_timeout(1_000)
    assert live.locator(".zoombox").count() == 1
    live.mouse.up()
    after(live, refreshes=2)
    assert x_range(live) != [0, 200]
    assert live.locator(".cf-plot[data-error]").count() == 0


def test_theme_follows_light_and_dark_on_the_same_node(live: Page) -> None:
    live.wait_for_function(
        "() => { const node = document.querySelector('.cf-plot'); return node && (node.marked = true); }"
    )
    light = live.wait_for_function(CHANGED_COLOR, arg=None).json_value()
    assert luminance(light) < 0.3
    live.emulate_media(color_scheme="dark")
    dark = live.wait_for_function(CHANGED_COLOR, arg=light).json_value()
    assert luminance(dark) > 0.7
    live.wait_for_function("document.querySelector('.cf-plot')?.marked")


def test_a_plot_that_has_not_changed_is_not_drawn_again(page: Page, address_of) -> None:
    """Each eighth refresh has another point; all of them have another text."""
    page.goto(address_of(STANDS_STILL))
    page.wait_for_selector(".cf-plot[data-state=drawn]", timeout=60_000)
    after(page, refreshes=0)
    page.evaluate(COUNT_REDRAWS)
    first = points(page)
    page.wait_for_function("(n) => +document.querySelector('.cf-plot').dataset.n >= n", arg=first + 3)
    drawn, redraws = page.evaluate(
        "[+document.querySelector('.cf-plot').dataset.n, document.querySelector('.cf-plot').redraws]"
    )
    assert redraws == drawn - first
    light = page.evaluate(TEXT_COLOR)
    page.emulate_media(color_scheme="dark")
    assert luminance(page.wait_for_function(CHANGED_COLOR, arg=light).json_value()) > 0.7
    assert page.complaints == []


def luminance(rgb: str) -> float:
    """Rough brightness, 0 to 1, of "rgb(r, g, b)"."""
    return sum(float(part) for part in rgb[rgb.index("(") + 1 : -1].split(",")[:3]) / (3 * 255)


def test_a_plot_that_is_taken_out_for_a_moment_comes_back_as_it_was(page: Page, address_of) -> None:
    page.goto(address_of(COMES_AND_GOES))
    page.wait_for_function("window.first = document.querySelector('.cf-plot[data-state=drawn]')", timeout=60_000)
    page.wait_for_function("!first.isConnected")
    page.wait_for_function("first.isConnected")
    zoomed = zoom_in(page)
    for _ in range(2):
        page.wait_for_function("!first.isConnected")
        page.wait_for_function("first.isConnected")
    assert page.locator(".cf-plot").count() == 1
    assert x_range(page) == zoomed != [0, 200]
    assert page.evaluate("document.querySelector('.cf-plot') === first")
    assert page.complaints == []


def test_width_follows_the_container(live: Page) -> None:
    live.set_viewport_size({"width": 390, "height": 800})
    live.wait_for_function("document.querySelector('.cf-plot')._fullLayout.width < 390")
    assert live.evaluate("document.querySelector('.cf-plot').clientHeight") == 300
    assert live.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_comes_from_elsewhere(page: Page, address_of) -> None:
    address = address_of(LIVE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_selector(".cf-plot[data-state=drawn]", timeout=60_000)
    after(page, refreshes=3)
    outside = [url for url in asked if not url.startswith((address, "blob:", "data:", address.replace("http", "ws")))]
    assert outside == []
    assert sum("plotly.min.js" in url for url in asked) == 1
    assert sum("plot.js" in url for url in asked) == 1


def test_a_broken_figure_says_so_and_can_be_mended(page: Page, address_of) -> None:
    page.goto(address_of(BROKEN))
    page.wait_for_selector(".cf-plot[data-error]", timeout=60_000)
    shown = page.evaluate("getComputedStyle(document.querySelector('.cf-plot'), '::before').content")
    assert "This chart could not be drawn" in shown
    assert page.locator(".cf-plot").get_attribute("data-n") is None
    page.get_by_text("mend").click()
    page.wait_for_selector(".cf-plot[data-state=drawn]:not([data-error])")
    assert page.evaluate(POINTS) == 2


@pytest.mark.parametrize("name", ["_fullData", "_length", "main-svg"])
def test_a_plotly_without_what_the_plot_reads_says_so(page: Page, address_of, name: str) -> None:
    """As an upgrade would that renames something inside Plotly."""

    def rename(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace(name, f"{name}x"))

    page.route("**/plotly.min.js*", rename)
    page.goto(address_of(LIVE))
    page.wait_for_selector(".cf-plot[data-error]", timeout=60_000)
    error = page.locator(".cf-plot").get_attribute("data-error")
    assert re.fullmatch(rf"Plotly \d+\.\d+\.\d+ has no \S*{name}, which this chart needs\.", error)
    assert page.get_by_role("img", name=f"This chart could not be drawn: {error}").count() == 1
    assert page.complaints == []


def test_an_error_under_the_mouse_is_shown_too(page: Page, address_of) -> None:
    page.goto(address_of(MAP))
    page.wait_for_selector(".cf-plot[data-state=drawn]", timeout=60_000)
    assert page.evaluate(POINTS) == 3
    page.evaluate("document.querySelector('.cf-plot .draglayer').classList.remove('draglayer')")
    page.locator(".cf-plot").hover()
    page.wait_for_selector(".cf-plot[data-error*='no .draglayer,']")
    assert page.complaints == []


def test_no_accessibility_violations(live: Page) -> None:
    results = Axe().run(live, context=".cf-plot")
    assert results.violations_count == 0, results.generate_report()
