"""One prediction as a waterfall of its parts."""

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, layout
from cf_core.insight.prediction import PredictionBreakdown


def prediction_steps(prediction: PredictionBreakdown) -> go.Figure:
    """The parts one below the other, each from where the one before ended, and their sum: upward in blue, downward in
    orange. The axis is in stars, or in logits where a sigmoid follows."""
    names = [*prediction.parts, "sum"]
    unit = "stars" if prediction.low is None else "logits"
    values = [round(value, 5) for value in (*prediction.parts.values(), prediction.sum)]
    walk = go.Waterfall(
        orientation="h",
        x=values,
        y=names,
        measure=["relative"] * len(prediction.parts) + ["total"],
        text=[f"{value:+.3f}" for value in values[:-1]] + [f"{values[-1]:.3f}"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate=f"%{{y}}: %{{x:.4f}} {unit}<extra></extra>",
    )
    across = axis(unit, zeroline=True, showgrid=True, range=_range(prediction))
    down = axis("", autorange="reversed")
    look = layout("What the prediction is made of", height=250, showlegend=False, xaxis=across, yaxis=down)
    return go.Figure(walk, look)


def _range(prediction: PredictionBreakdown) -> list[float]:
    """From the lowest to the highest place of the walk, with room for the figures at both ends."""
    places = np.cumsum([0.0, *prediction.parts.values()])
    low, high = float(places.min()), float(places.max())
    room = 0.28 * ((high - low) or 1.0)
    return [low - room, high + room]
