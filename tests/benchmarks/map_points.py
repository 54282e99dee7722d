"""What a map of many movies costs a browser: first draw, hover, zoom, lasso.

    python tests/benchmarks/map_points.py [--points 90000]

Starts a page with one map of generated movies, on a free port of this machine, and looks at it in headless Chromium
(`CHROMIUM`, /usr/bin/chromium), which draws without a graphics card. Prints how long it takes from the address to the
drawn map, for the first visitor of the server and in another browser that has never been there; from a movement of the
mouse to the tip with its lines; the slowest and the median frame while the wheel zooms in; and from the end of a lasso
around about half of the movies until the page says how many. Judges nothing, and ends all that it started.
"""

import argparse
import math
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.class_of_thirty import server
from tests.browser.conftest import CHROMIUM, FLAGS

SCRIPT = """
import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.map.movie_map import movie_map
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SerializedFigure

N = {n}

@st.cache_resource
def drawing():
    draw = np.random.default_rng(0)
    movies = pd.DataFrame({{
        "item_id": range(N),
        "title": [f"Generated movie number {{i}}, The ({{1930 + i % 90}})" for i in range(N)],
        "year": pd.array(1930 + np.arange(N) % 90, dtype="Int64"),
        "genres": [f"Genre{{a}}|Genre{{b}}" for a, b in draw.integers(0, 20, (N, 2))],
        "n_ratings": 1 + 300_000 // np.arange(1, N + 1),
        "mean_rating": draw.uniform(1, 5, N),
        "bias": draw.normal(size=N),
    }})
    places = draw.normal(size=(N, 2))
    near = draw.integers(0, N, (N, 8))
    return SerializedFigure.of(movie_map(movies, places, ("component 1", "component 2"), near=near))

def keep(rows):
    st.session_state["n"] = len(rows)

plot(drawing(), key="map", alt="A map of generated movies", on_select=keep, n_points=N)
st.write(f"chosen: {{st.session_state.get('n', 0)}}")
"""
PLOT = "document.querySelector('.cf-plot')"
AREA = f"(({{ x, y, width, height }}) => [x, y, width, height])({PLOT}.points.canvas.getBoundingClientRect())"
TIP = f"{PLOT}.querySelector('.cf-tooltip')"
LASSO = "{ dragmode: 'lasso', 'xaxis.range': [-5, 5], 'yaxis.range': [-5, 5] }"
FRAMES = """() => {
    window.frames_ms = [];
    let last = performance.now();
    const note = (now) => { frames_ms.push(now - last); last = now; window.noting && requestAnimationFrame(note); };
    window.noting = true;
    requestAnimationFrame(note);
}"""


def first_draw(page: Page, address: str, n: int) -> None:
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_function(f"() => {PLOT}?.dataset.state === 'drawn' && +{PLOT}.dataset.n === {n}", timeout=120_000)
    print(f"{n:,} points: drawn {time.perf_counter() - began:.1f} s after the address was entered", flush=True)


def hover(page: Page) -> None:
    left, top, width, height = page.evaluate(AREA)
    seconds = []
    for i in range(20):
        page.evaluate(f"() => {TIP}.replaceChildren()")
        began = time.perf_counter()
        page.mouse.move(left + width * (0.4 + i * 0.01), top + height * (0.5 + 0.1 * math.sin(i)))
        page.wait_for_function(f"() => !{TIP}.hidden && {TIP}.textContent")
        seconds.append(time.perf_counter() - began)
    median, worst = 1000 * statistics.median(seconds), 1000 * max(seconds)
    print(f"hover: the tip after {median:.0f} ms (median of 20), at worst {worst:.0f} ms")


def zoom(page: Page) -> None:
    page.evaluate(FRAMES)
    for _ in range(8):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(60)
    page.wait_for_timeout(300)
    page.evaluate("window.noting = false")
    frames = page.evaluate("frames_ms")
    print(f"zoom by 8 notches: frames of {statistics.median(frames):.0f} ms (median), the slowest {max(frames):.0f} ms")


def lasso(page: Page) -> None:
    page.evaluate(f"() => {PLOT}.points.Plotly.relayout({PLOT}, {LASSO})")
    left, top, width, height = page.evaluate(AREA)
    # A circle of radius √(2 ln 2) holds half of a normal cloud.
    ring = [(0.5 + 0.1177 * math.sin(a), 0.5 - 0.1177 * math.cos(a)) for a in (2 * math.pi * i / 40 for i in range(40))]
    page.mouse.move(left + width * ring[0][0], top + height * ring[0][1])
    page.mouse.down()
    began = time.perf_counter()
    for x, y in ring[1:]:
        page.mouse.move(left + width * x, top + height * y)
    dragged = time.perf_counter() - began
    began = time.perf_counter()
    page.mouse.up()
    page.wait_for_function("() => /chosen: [1-9]/.test(document.body.innerText)", timeout=60_000)
    took = time.perf_counter() - began
    n = page.evaluate("+/chosen: (\\d+)/.exec(document.body.innerText)[1]")
    print(f"lasso of {n:,}: {took:.2f} s from its end to the page's answer (dragging it: {dragged:.1f} s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=90_000, help="how many movies to generate")
    n = parser.parse_args().points
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "map.py"
        script.write_text(SCRIPT.format(n=n))
        with server(folder, str(script)) as (port, _):
            for _ in range(2):
                browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", CHROMIUM), args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.on("pageerror", lambda error: print(f"the page complains: {error}"))
                first_draw(page, f"http://127.0.0.1:{port}", n)
            hover(page)
            zoom(page)
            lasso(page)
            browser.close()


if __name__ == "__main__":
    main()
