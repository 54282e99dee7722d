"""The sigmoid that maps any number into the range of ratings."""

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, layout
from cf_core.words import MOVIES, Words


def sigmoid_curve(low: float, high: float, x: float, y: float, words: Words = MOVIES) -> go.Figure:
    """low + (high - low) · σ(x), the range's two ends, and one point of it.

    Args:
        low, high: stars.
        x, y: the point that is marked.
    """
    reach = max(8.0, abs(x))
    xs = np.linspace(-reach, reach, 161)
    ys = low + (high - low) / (1 + np.exp(-xs))
    curve = go.Scatter(
        name="the range",
        x=xs.round(3).tolist(),
        y=ys.round(4).tolist(),
        mode="lines",
        hovertemplate=f"x = %{{x:.2f}} becomes %{{y:.3f}} {words.unit}<extra></extra>",
        line={"color": BLUE, "width": 2},
    )
    ends = go.Scatter(
        name="its two ends",
        x=[-reach, reach, None, -reach, reach],
        y=[low, low, None, high, high],
        mode="lines",
        hoverinfo="skip",
        line={"color": GREY, "width": 1, "dash": "dot"},
    )
    point = go.Scatter(
        name="your x",
        x=[x],
        y=[y],
        mode="markers",
        hovertemplate=f"x = %{{x:.2f}} becomes %{{y:.3f}} {words.unit}<extra></extra>",
        marker={"size": 11, "color": ORANGE},
    )
    return go.Figure(
        [ends, curve, point],
        layout(
            "Any number becomes a rating within the range",
            height=340,
            xaxis=axis("x: dot product and biases", zeroline=True),
            yaxis=axis(f"prediction ({words.unit})"),
        ),
    )
