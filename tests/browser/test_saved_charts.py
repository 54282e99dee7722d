"""Charts saved from a real browser: the table behind them, and the picture as SVG and as PNG."""

import base64
import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import wait_until_settled

pytestmark = pytest.mark.browser

HOSTILE = """
import numpy as np
import plotly.graph_objects as go
import streamlit as st
from cf_core.charts.style import axis, escape_html, layout
from pages.shared.plot import plot

titles = ['=1+1, "Sum" (1999)', "<b>Bold</b> & proud", "between two lines", "@home", "-5"]
first = go.Scatter(
    name="first",
    x=np.array([1.5, -2, np.nan, 0.1, 3], dtype=np.float32),
    y=[-0.5, None, None, 4, 2],
    customdata=[[escape_html(title), n] for title, n in zip(titles, [7, 1234, 0, 2, 1])],
    hovertemplate="<b>%{customdata[0]}</b><br>mean %{y:.2f}, %{customdata[1]:,} ratings<extra></extra>",
)
second = go.Scatter(name="+second", x=["2001-02-03"], y=[3], text=["Toy&amp;Story"], mode="markers+text")
guide = go.Scatter(name="guide", x=[0, 1], y=[0, 1], hoverinfo="skip")
axes = {"xaxis": axis("=bias<br>(stars)", type="linear"), "yaxis": axis("<i>mean</i>")}
figure = go.Figure([first, second, guide], layout("<b>Biases</b> &amp; means", height=300, **axes))
plot(figure, key="hostile", alt="Five points")
"""

SAFE = """\
series,'=bias; (stars),mean,label,ratings
first,1.5,-0.5,"'=1+1, ""Sum"" (1999)",7
first,-2,,<b>Bold</b> & proud,1234
first,0.1,4,'@home,2
first,3,2,-5,1
'+second,2001-02-03,3,Toy&Story,
"""

DRAWN = ".cf-plot[data-state=drawn]"
SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def saved(plot: Locator, kind: str, ending: str) -> tuple[str, bytes]:
    """Save the chart as that kind of file; return the name and what is in it."""
    plot.hover()
    plot.get_by_role("button", name="Save", exact=True).click()
    with plot.page.expect_download() as download:
        plot.get_by_role("button", name=f"{kind} ({ending.upper()})").click()
    expect(plot.locator(".cf-save")).to_be_hidden()
    name = download.value.suggested_filename
    assert name.endswith(f".{ending}")
    return name.removesuffix(f".{ending}"), download.value.path().read_bytes()


def rows(contents: bytes) -> list[dict[str, str]]:
    text = contents.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def colours(picture: Image.Image) -> int:
    return len(picture.convert("RGBA").getcolors(picture.width * picture.height))


def open_page(page: Page, address: str, key: str) -> Locator:
    page.goto(address)
    plot = page.locator(f".st-key-{key} {DRAWN}")
    plot.wait_for(timeout=60_000)
    return plot


def test_curves_have_their_numbers_and_their_picture(student: Page, lab: str, lab_run: str) -> None:
    student.goto(f"{lab}/train?run={lab_run}")
    wait_until_settled(student)
    plot = student.locator(DRAWN).filter(has_text="Loss and learning rate")
    name, contents = saved(plot, "Data", "csv")
    assert name == "loss-and-learning-rate"
    table = rows(contents)
    lines = plot.evaluate("(node) => node.data.map(({ name, x, y }) => [name, [...x], [...y]])")
    [(epochs, losses)] = [(x, y) for name, x, y in lines if name == "validation loss"]
    valid = [row for row in table if row["series"] == "validation loss"]
    assert [float(row["epochs"]) for row in valid] == epochs
    assert [float(row["loss (MSE, stars²)"]) for row in valid] == losses
    assert len(losses) == 3
    width, height = plot.evaluate("(node) => [node.clientWidth, node.clientHeight]")
    svg = ElementTree.fromstring(saved(plot, "Picture", "svg")[1])
    assert (svg.get("width"), svg.get("height")) == (str(width), str(height))
    assert "Loss and learning rate" in "".join(svg.itertext())
    contents = saved(plot, "Picture", "png")[1]
    assert contents.startswith(b"\x89PNG\r\n")
    picture = Image.open(io.BytesIO(contents))
    assert picture.size == (2 * width, 2 * height)
    assert colours(picture) > 20
    assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


def test_cells_have_a_row_each(student: Page, lab: str, idle) -> None:
    student.goto(f"{lab}/data")
    student.get_by_text("The corner", exact=True).click()
    plot = student.locator(DRAWN).filter(has_text="Who rated what")
    plot.wait_for(timeout=60_000)
    idle(student)
    table = rows(saved(plot, "Data", "csv")[1])
    cells = plot.evaluate("(node) => node.data[0].z.map((row) => [...row])")
    assert [row["stars"] for row in table] == ["" if z is None else f"{z:g}" for line in cells for z in line]
    assert (table[0]["user id"], table[0]["label"]) == ("547", "Forrest Gump (1994)")


def test_the_map_is_saved_with_its_points_and_names_in_the_dark(enter, browser, lab: str) -> None:
    with enter(browser, lab, color_scheme="dark") as page:
        plot = open_page(page, f"{lab}/movie_map", "map")
        name, contents = saved(plot, "Picture", "svg")
        assert name == "movie-map"
        svg = ElementTree.fromstring(contents)
        [image] = svg.iter(f"{SVG}image")
        points = Image.open(io.BytesIO(base64.b64decode(image.get(HREF, "").removeprefix("data:image/png;base64,"))))
        assert colours(points) > 20
        assert float(image.get("width", 0)) == pytest.approx(points.width / 2, abs=1)
        shown = plot.evaluate(
            "(node) => [...node.querySelectorAll('.textpoint text')]"
            ".filter((text) => text.style.visibility !== 'hidden').map((text) => text.textContent)"
        )
        titles = [text.text for group in svg.iter() if group.get("class") == "textpoint" for text in group]
        assert titles == shown
        picture = Image.open(io.BytesIO(saved(plot, "Picture", "png")[1])).convert("RGBA")
        red, green, blue, opacity = picture.getpixel((0, 0))
        assert red + green + blue < 150
        assert opacity == 255
        place = tuple(2 * int(float(image.get(side, 0))) for side in ("x", "y"))
        area = picture.crop((*place, place[0] + points.width, place[1] + points.height))
        assert colours(area) > 20
        table = rows(saved(plot, "Data", "csv")[1])
        assert len(table) == int(plot.get_attribute("data-n") or 0)
        gump = next(row for row in table if row["label"] == "Forrest Gump (1994)")
        assert (gump["series"], gump["ratings"]) == ("Comedy", "341")
        assert page.complaints == []


def test_texts_of_the_data_are_no_formulas_and_a_refusal_is_told(tmp_path: Path, page: Page, serve) -> None:
    script = tmp_path / "hostile.py"
    script.write_text(HOSTILE)
    plot = open_page(page, serve(script), "hostile")
    name, contents = saved(plot, "Data", "csv")
    assert name == "biases-means"
    assert contents.decode("utf-8") == f"\ufeff{SAFE}"
    page.evaluate("void (Plotly.toImage = () => Promise.reject(new Error('out of memory.')))")
    plot.hover()
    plot.get_by_role("button", name="Save", exact=True).click()
    plot.get_by_role("button", name="Picture (PNG)").click()
    expect(plot.get_by_role("alert")).to_have_text("This chart could not be saved: out of memory.")
    page.keyboard.press("Escape")
    expect(plot.locator(".cf-save")).to_be_hidden()
    expect(plot.get_by_role("button", name="Save", exact=True)).to_be_focused()
    saved(plot, "Data", "csv")
    expect(plot.locator(".cf-save p")).to_have_text("")
    assert page.complaints == []


def test_fingers_reach_it_beside_the_title(enter, browser, lab: str) -> None:
    with enter(browser, lab, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        page.goto(f"{lab}/errors")
        plot = page.locator(DRAWN).filter(has_text="RMSE by number of the movie's training ratings")
        button = plot.get_by_role("button", name="Save", exact=True)
        button.tap()
        with page.expect_download() as download:
            plot.get_by_role("button", name="Data (CSV)").tap()
        assert rows(download.value.path().read_bytes())
        title, place = plot.locator(".gtitle").bounding_box(), button.bounding_box()
        assert title["x"] + title["width"] <= place["x"]
        assert min(place["width"], place["height"]) >= 32
