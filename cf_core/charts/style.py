"""The look of every chart: colours, the common layout, and text that is safe to put into a figure.

Text colour, grid colour and fonts are left out on purpose: the plot component fills them in from the page's theme, so
that one figure serves light and dark.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

# Each has a contrast of at least 3:1 both on white and on #0e1117; neighbours stay distinct for colour-blind readers.
CATEGORICAL = (
    "#2f7fd1",
    "#d9720b",
    "#2a9d62",
    "#d64b8a",
    "#8e6bd1",
    "#1f93a6",
    "#d8503f",
    "#8f8a1d",
    "#a9744f",
    "#5c8a3a",
)
BLUE, ORANGE, GREEN, PINK, PURPLE = CATEGORICAL[:5]
GREY = "#7d8894"
SEQUENTIAL = ("#5d6bd8", "#955fcb", "#c6568f", "#dc6a4f", "#df8f2b")
DIVERGING = ("#2f7fd1", "#6f86a6", "#8b8b8b", "#b07f52", "#d9720b")

MAX_POINTS = 600
CLOUD_POINTS = 5_000
"""Enough to show where users crowd; more lie on top of each other, and are megabytes to send."""
FADED = 0.35


def colorscale(colors: tuple[str, ...]) -> list[list[Any]]:
    """The colours spread evenly over 0 to 1, as Plotly takes them."""
    return [[i / (len(colors) - 1), color] for i, color in enumerate(colors)]


def ramp(stops: Sequence[str], n: int) -> list[str]:
    """`n` colours from the first of `stops` (#rrggbb) to the last, evenly through those between."""
    channels = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], dtype=np.float64)
    at = np.linspace(0, len(stops) - 1, n)
    mixed = np.column_stack([np.interp(at, np.arange(len(stops)), channel) for channel in channels.T]).round()
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in mixed.astype(int).tolist()]


def layout(title: str, *, subtitle: str = "", uirevision: str = "keep", **more: Any) -> go.Layout:
    """The common layout with the chart's own parts in `more`.

    The title above and the legend below reserve their own room. Zoom and legend choices of the user survive a redraw
    for as long as `uirevision` stays the same.
    """
    heading: dict[str, Any] = {
        "text": title,
        "font": {"size": 16},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 8, "b": 12, "l": 8},
        "automargin": True,
    }
    if subtitle:
        heading["subtitle"] = {"text": subtitle, "font": {"size": 12}}
    common: dict[str, Any] = {
        "title": heading,
        "template": go.layout.Template(),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": CATEGORICAL,
        "margin": {"l": 8, "r": 12, "t": 44, "b": 8},
        "hoverlabel": {"align": "left", "namelength": -1},
        "hovermode": "closest",
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "itemsizing": "constant",
        },
        "uirevision": uirevision,
    }
    return go.Layout({**common, **more})


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis that makes room for its labels and title."""
    return {
        "title": {"text": title, "standoff": 8},
        "automargin": True,
        "zeroline": False,
        "ticklabelstandoff": 4,
        **more,
    }


def escape_html(text: object) -> str:
    """`text` with its "<" escaped, so that Plotly does not read HTML tags into it."""
    return str(text).replace("<", "&lt;")


def short_title(title: str, length: int = 24) -> str:
    """A movie's title for narrow places: no year, no inverted article, cut to `length` characters with "…".

    "Shawshank Redemption, The (1994)" becomes "Shawshank Redemption".
    """
    name = title.rstrip()
    if name.endswith(")") and name[-6:-5] == "(" and name[-5:-1].isdigit():
        name = name[:-6].rstrip()
    for article in (", The", ", A", ", An"):
        name = name.removesuffix(article)
    return escape_html(name if len(name) <= length else name[: length - 1].rstrip() + "…")


def thin(n: int, limit: int = MAX_POINTS) -> npt.NDArray[np.int64]:
    """Positions of at most `limit` of `n` points, evenly spaced, first and last among them."""
    if n <= limit:
        return np.arange(n, dtype=np.int64)
    return np.linspace(0, n - 1, limit).round().astype(np.int64)


def thin_steadily(n: int, limit: int = MAX_POINTS) -> npt.NDArray[np.int64]:
    """Positions of at most `limit` of `n` points of a growing line, first and last among them: every 2^j-th point and
    the last, so that drawn points stay drawn until the line has doubled."""
    step = 1
    while -(-n // step) >= limit:
        step *= 2
    positions = np.arange(0, n, step, dtype=np.int64)
    return positions if n == 0 or positions[-1] == n - 1 else np.append(positions, n - 1)


def of_all(n_drawn: int, n: int, nouns: str) -> str:
    """Behind a subtitle: how many of the points are drawn; nothing where all are."""
    return "" if n_drawn == n else f"; {n_drawn:,} of {n:,} {nouns} are drawn"


def highlighted(is_selected: Sequence[bool], color: str) -> dict[str, Any]:
    """A marker's colours: all in `color` where nothing is selected, else the selected in orange and the rest faded."""
    if not any(is_selected):
        return {"color": color, "opacity": 1}
    colors = [ORANGE if one else color for one in is_selected]
    return {"color": colors, "opacity": [1 if one else FADED for one in is_selected]}
