"""How far predictions are off: a histogram of the residuals."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import BLUE, GREY, axis, layout
from cf_core.words import MOVIES, Words

STEP = 0.25
"""Width of a bar, in stars."""


def residual_histogram(residual: NDArray[np.floating], step: float = STEP, words: Words = MOVIES) -> go.Figure:
    """The percentage of ratings by rating minus prediction, in steps of `step`, zero between two bars.

    Args:
        residual: stars, shape (n,), n of 1 or more.
        step: width of a bar, in the unit of the ratings.
    """
    far = int(np.ceil(max(float(np.abs(residual).max()), step) / step))
    edges = step * np.arange(-far, far + 1)
    counts, _ = np.histogram(residual, edges)
    share = 100 * counts / len(residual)
    bars = go.Bar(
        name="ratings",
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=share.round(2).tolist(),
        customdata=[
            f"{n:,} ratings, {part:.1f}%:<br>residual {low:+.2f} to {high:+.2f} {words.unit}"
            for n, part, low, high in zip(counts, share, edges[:-1], edges[1:], strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        marker_color=BLUE,
    )
    middle = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": GREY, "width": 1}}
    return go.Figure(
        bars,
        layout(
            "How far off predictions are",
            subtitle="left of zero predicted too high, right of it too low",
            height=380,
            bargap=0.05,
            dragmode=False,
            showlegend=False,
            shapes=[middle],
            xaxis=axis(f"rating minus prediction ({words.unit})", showgrid=False),
            yaxis=axis("validation ratings (%)", rangemode="tozero"),
        ),
    )
