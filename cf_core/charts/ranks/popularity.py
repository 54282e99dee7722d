"""How popular what rankers show is, from the first place of their lists to the last."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import CATEGORICAL, GREY, ORANGE, axis, escape_html, layout
from cf_core.words import MOVIES, Words


def popularity_lines(lines: Mapping[str, NDArray[np.float64]], selected: str, words: Words = MOVIES) -> go.Figure:
    """How many training ratings the movies at each place of the lists have, in the mean over all users; one line per
    ranker.

    Args:
        lines: (k,) each, by what the ranker is called; see `popularity_by_place`.
        selected: the one that stands out.
    """
    colors = iter(CATEGORICAL[2:])
    traces = [
        go.Scatter(
            name=escape_html(name),
            mode="lines+markers",
            x=list(range(1, len(means) + 1)),
            y=[round(float(mean), 2) if np.isfinite(mean) else None for mean in means],
            line={"color": ORANGE if name == selected else next(colors, GREY), "width": 3 if name == selected else 1.5},
            marker={"size": 5},
            hovertemplate="place %{x}: %{y:,.0f} training ratings<extra>" + escape_html(name) + "</extra>",
        )
        for name, means in lines.items()
    ]
    n_places = max((len(means) for means in lines.values()), default=0)
    return go.Figure(
        traces,
        layout(
            "How popular what they show is",
            height=380,
            hovermode="x",
            xaxis=axis("place in the list", showgrid=False, **({"dtick": 1} if n_places <= 20 else {})),
            yaxis=axis(f"training ratings of the {words.item} there (mean)", rangemode="tozero", tickformat=","),
        ),
    )
