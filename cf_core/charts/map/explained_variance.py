"""The share of the factors' variance that each principal component explains."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, layout


def explained_variance(ratios: NDArray[np.floating], on_axes: Sequence[int] = ()) -> go.Figure:
    """A bar per component, and a line of their cumulative sum.

    Args:
        ratios: shape (n_components,), shares of the variance, 0 to 1, the largest first.
        on_axes: components (from 0) that the map shows, in orange.
    """
    percent = 100 * np.asarray(ratios, dtype=np.float64)
    number = list(range(1, len(percent) + 1))
    bars = go.Bar(
        name="one component",
        x=number,
        y=percent.round(3).tolist(),
        marker_color=[ORANGE if i in on_axes else BLUE for i in range(len(number))],
        hovertemplate="component %{x}<br>%{y:.1f}% of the variance<extra></extra>",
    )
    line = go.Scatter(
        name="cumulative",
        mode="lines+markers",
        x=number,
        y=percent.cumsum().round(3).tolist(),
        line={"color": GREY},
        hovertemplate="components 1 to %{x}<br>%{y:.1f}% of the variance<extra></extra>",
    )
    return go.Figure(
        [bars, line],
        layout(
            "Explained variance by component",
            uirevision=str(len(number)),
            height=340,
            xaxis=axis("component"),
            yaxis=axis("share of the variance (%)", rangemode="tozero"),
        ),
    )
