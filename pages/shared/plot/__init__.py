"""The one component that shows a Plotly figure and updates it in place: the live curve, the map and every other chart.

`st.plotly_chart` mounts a new plot for every new figure, which loses zoom and hover; this one keeps its plot.
Plotly's JavaScript comes from the plotly package itself, so that nothing is fetched from elsewhere. Nothing in here
makes a figure.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2.types import ComponentRenderer

from pages.shared.plot.figure_diff import Drawing, Sent

_WEB = Path(__file__).parent / "web"
_PLOTLY = Path(plotly.__file__).parent / "package_data"

# Sent with every update, so it only fetches the real thing, once a page: from Streamlit's own root, whatever the path.
_STUB = """
const root = new URL("../../", document.querySelector('script[src*="static/js/"]').src);
const code = new URL("component/{web}/plot.js?v={web_version}", root);
const plotly = new URL("component/{plotly}/plotly.min.js?v={plotly_version}", root);
export default async (component) => (await import(code)).show(component, plotly.href);
"""


@dataclass(frozen=True)
class Click:
    """The point that was clicked: its coordinates, and what the trace has in `customdata` for it."""

    x: Any
    y: Any
    customdata: Any


def plot(
    figure: go.Figure | Drawing,
    *,
    key: str,
    alt: str,
    height: int | None = None,
    on_click: Callable[[Click], None] | None = None,
    on_choose: Callable[[NDArray[np.int64]], None] | None = None,
    sent: Sent | None = None,
) -> None:
    """Show `figure` at the full width of its container, in the theme's colours.

    A second call with the same key, in this run or a later one, updates the same plot: zoom, legend choice and hover
    stay for as long as the figure's `layout.uirevision` does.

    Args:
        figure: any Plotly figure, or one made ready; its colours for text and grid are filled in from the theme where
            it has none.
        key: names this plot among all plots of the page.
        alt: what a person who cannot see the plot should know, with the numbers.
        height: pixels; the figure's own `layout.height`, or 420, where not given.
        on_click: called with the point, bar or cell that was clicked, before the script runs again. Whoever cannot use
            a mouse needs another way to the same end.
        on_choose: called with the rows of the points in a box or lasso, none where it was taken back, before the script
            runs again; for a figure with a layer of points (`cf_core.charts.map.points`). A point that is clicked there
            has its row as `customdata`.
        sent: what the browser has of this plot, for one that a fragment refreshes: only what is new is sent, so that
            the traffic does not grow with the figure.
    """
    drawing = figure if isinstance(figure, Drawing) else Drawing.of(figure)
    pixels = height or drawing.height
    takes = {"clickable": on_click is not None, "choosable": on_choose is not None}
    head = json.dumps({"key": key, "alt": alt, "height": pixels, **takes})
    message = f'"figure":{drawing.json}' if sent is None else sent.message(drawing)
    callbacks: dict[str, Any] = {} if on_click is None else {"on_clicked_change": lambda: _pass_on(key, on_click)}
    if on_choose is not None:
        callbacks["on_chosen_change"] = lambda: _pass_rows_on(key, on_choose)
    if sent is not None:
        callbacks["on_lost_change"] = sent.lost
    _component()(key=key, data=f'{{"head":{head},{message}}}'.encode(), height=pixels, **callbacks)


def _pass_on(key: str, on_click: Callable[[Click], None]) -> None:
    clicked = st.session_state[key].get("clicked")
    if clicked is not None:
        on_click(Click(**clicked))


def _pass_rows_on(key: str, on_choose: Callable[[NDArray[np.int64]], None]) -> None:
    chosen = st.session_state[key].get("chosen")
    if chosen is not None:
        on_choose(rows_of(chosen["bits"]))


def rows_of(bits: str) -> NDArray[np.int64]:
    """The rows that a set of bits stands for: in base64, one bit a row, the lowest of each byte first."""
    packed = np.frombuffer(base64.b64decode(bits), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")).astype(np.int64)


@cache
def _component() -> ComponentRenderer:
    """The component, declared on first use: serving a folder needs a running script."""
    served = {
        "web": st.components.v1.declare_component("web", path=_WEB).name,
        "plotly": st.components.v1.declare_component("plotly", path=_PLOTLY).name,
        "web_version": hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_WEB.glob("*.js")))).hexdigest()[
            :12
        ],
        "plotly_version": plotly.__version__,
    }
    stub = _STUB
    for name, value in served.items():
        stub = stub.replace(f"{{{name}}}", value)
    css = (_WEB / "plot.css").read_text(encoding="utf-8")
    return st.components.v2.component("cf_lab_plot", js=stub, css=css, isolate_styles=False)
