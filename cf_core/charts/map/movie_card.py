"""One movie and its neighbours among all points of the map."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import BLUE, GREY, PINK, axis, escape_html, layout
from cf_core.words import MOVIES, Words


def place_on_map(
    movies: pd.DataFrame,
    coordinates: NDArray[np.floating[Any]],
    axis_names: Sequence[str],
    row: int,
    near: Sequence[int] = (),
    words: Words = MOVIES,
) -> go.Figure:
    """All movies faint, one of them marked, and its neighbours.

    Args:
        movies: one row per movie: title.
        coordinates: shape (n_movies, 2), rows as in `movies`.
        axis_names: of both axes.
        row: the movie.
        near: rows of its neighbours.
    """
    xy = np.asarray(coordinates, dtype=np.float32)
    cloud = go.Scattergl(
        name=f"all {words.items}", mode="markers", x=xy[:, 0], y=xy[:, 1], hoverinfo="skip", showlegend=False,
        marker={"size": 4, "color": GREY, "opacity": 0.3},
    )  # fmt: skip
    traces: list[Any] = [cloud]
    for name, rows, marker in (
        ("its neighbours", list(near), {"size": 8, "color": BLUE}),
        (f"the {words.item}", [row], {"size": 14, "color": PINK, "symbol": "star"}),
    ):
        traces.append(
            go.Scatter(
                name=name,
                mode="markers",
                x=xy[rows, 0].tolist(),
                y=xy[rows, 1].tolist(),
                customdata=movies["title"].iloc[rows].map(escape_html).tolist(),
                hovertemplate="<b>%{customdata}</b><extra></extra>",
                marker=marker,
            )
        )
    title = "Its place on the map"
    axes = {"showgrid": False, "zeroline": False, "showticklabels": False}
    across, up = (axis(escape_html(name), **axes) for name in axis_names)
    look = layout(title, height=340, xaxis=across, yaxis=up)
    return go.Figure(traces, look)
