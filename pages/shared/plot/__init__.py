"""The component that shows every Plotly figure and updates it in place.

`st.plotly_chart` mounts a new plot for every new figure, which loses zoom and hover; this one keeps its plot. Plotly's
JavaScript comes from the plotly package itself, so that nothing is fetched from elsewhere.
"""

import base64
import binascii
import hashlib
import json
import math
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

from cf_core.charts.many.parallel import Ranges
from pages.shared.plot.figure_diff import SentState, SerializedFigure

_WEB = Path(__file__).parent / "web"
_PLOTLY = Path(plotly.__file__).parent / "package_data"

# Streamlit sends a component's code with every update, so this stub only imports the files, once per page. Their
# address has a hash of their contents, so that no browser runs an outdated file. It is relative to Streamlit's own
# scripts, the only hint on the page at Streamlit's root.
_STUB = """
const root = new URL("../../", document.querySelector('script[src*="static/js/"]').src);
const code = new URL("component/{web}/plot.js", root);
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
    figure: go.Figure | SerializedFigure,
    *,
    key: str,
    alt: str,
    height: int | None = None,
    on_click: Callable[[Click], None] | None = None,
    on_select: Callable[[NDArray[np.int64]], None] | None = None,
    n_points: int = 0,
    on_brush: Callable[[Ranges], None] | None = None,
    sent: SentState | None = None,
) -> None:
    """Show `figure` at the full width of its container, in the theme's colours.

    A second call with the same key, in this run or a later one, updates the same plot: zoom, legend choice and hover
    stay for as long as the figure's `layout.uirevision` does.

    Args:
        figure: any Plotly figure; text and grid colours that it leaves open are filled in from the theme.
        key: names this plot among all plots of the page.
        alt: what a person who cannot see the plot should know, with the numbers.
        height: pixels; the figure's own `layout.height`, or 420, where not given.
        on_click: called with the point, bar or cell that was clicked, before the script runs again. Offer another way
            to the same end to people who cannot use a mouse.
        on_select: called with the rows of the points in a box or lasso, none where it was cleared, before the script
            runs again; for a figure with a layer of points (`cf_core.charts.map.points`). The `customdata` of a point
            that is clicked there is its row.
        n_points: how many points that layer has.
        on_brush: called with the ranges that are brushed on the parallel axes of a figure that has them, before the
            script runs again.
        sent: what the browser has of this plot, for one that a fragment refreshes: only changes are sent, so that the
            traffic does not grow with the figure.
    """
    serialized = figure if isinstance(figure, SerializedFigure) else SerializedFigure.of(figure)
    pixels = height or serialized.height
    events = {"clickable": on_click is not None, "selectable": on_select is not None, "brushable": on_brush is not None}
    head = json.dumps({"key": key, "alt": alt, "height": pixels, **events})
    content = f'"figure":{serialized.json}' if sent is None else sent.message(serialized)
    callbacks: dict[str, Any] = {}
    if on_click is not None:
        callbacks["on_clicked_change"] = lambda: _report_click(key, on_click)
    if on_select is not None:
        callbacks["on_selected_change"] = lambda: _report_selection(key, on_select, n_points)
    if on_brush is not None:
        n_axes = len(figure.data[0].dimensions) if isinstance(figure, go.Figure) else 0
        callbacks["on_brushed_change"] = lambda: _report_brush(key, on_brush, n_axes)
    if sent is not None:
        callbacks["on_out_of_sync_change"] = sent.reset
    _component()(key=key, data=f'{{"head":{head},{content}}}'.encode(), height=pixels, **callbacks)


def _report_click(key: str, on_click: Callable[[Click], None]) -> None:
    clicked = st.session_state[key].get("clicked")
    if isinstance(clicked, dict) and clicked.keys() == {"x", "y", "customdata"}:
        on_click(Click(**clicked))


def _report_selection(key: str, on_select: Callable[[NDArray[np.int64]], None], n_points: int) -> None:
    selected = st.session_state[key].get("selected")
    rows = rows_of(selected.get("bits"), n_points) if isinstance(selected, dict) else None
    if rows is not None:
        on_select(rows)


def _report_brush(key: str, on_brush: Callable[[Ranges], None], n_axes: int) -> None:
    brushed = st.session_state[key].get("brushed")
    ranges = ranges_of(brushed.get("ranges"), n_axes) if isinstance(brushed, dict) else None
    if ranges is not None:
        on_brush(ranges)


def ranges_of(told: object, n_axes: int) -> Ranges | None:
    """For each axis its ranges, or None; None from what is nothing of the kind: any browser can send anything."""
    if not isinstance(told, list) or len(told) != n_axes:
        return None
    if not all(axis is None or (isinstance(axis, list) and all(map(_is_range, axis))) for axis in told):
        return None
    return told


def _is_range(told: object) -> bool:
    return (
        isinstance(told, list)
        and len(told) == 2
        and all(isinstance(end, int | float) and math.isfinite(end) for end in told)
    )


def rows_of(bits: object, n: int) -> NDArray[np.int64] | None:
    """The rows in a set of bits for `n` rows: in base64, one bit per row, the lowest of each byte first. None from what
    is no such set: any browser can send anything, and a plot that has changed since leaves a set of another length."""
    n_bytes = (n + 7) // 8
    if not isinstance(bits, str) or len(bits) > 4 * ((n_bytes + 2) // 3):
        return None
    try:
        packed = base64.b64decode(bits, validate=True)
    except binascii.Error:
        return None
    if len(packed) not in (0, n_bytes):
        return None
    return np.flatnonzero(np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[:n]).astype(np.int64)


@cache
def _component() -> ComponentRenderer:
    """The component, declared on first use: serving a folder needs a running script."""
    code = b"".join(file.read_bytes() for file in sorted(_WEB.glob("*.js")))
    version = hashlib.sha256(code).hexdigest()[:12]
    served = {
        "web": st.components.v1.declare_component(f"web_{version}", path=_WEB).name,
        "plotly": st.components.v1.declare_component("plotly", path=_PLOTLY).name,
        "plotly_version": plotly.__version__,
    }
    stub = _STUB
    for name, value in served.items():
        stub = stub.replace(f"{{{name}}}", value)
    css = (_WEB / "plot.css").read_text(encoding="utf-8")
    return st.components.v2.component("cf_lab_plot", js=stub, css=css, isolate_styles=False)
