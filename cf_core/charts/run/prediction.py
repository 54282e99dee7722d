"""One prediction: its way through a training, and a waterfall of its parts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis
from cf_core.charts.style import BLUE, GREEN, GREY, ORANGE, axis, layout
from cf_core.insight.prediction import PredictionBreakdown
from cf_core.rating_scale import star_size
from cf_core.words import MOVIES, Words


def prediction_steps(prediction: PredictionBreakdown, words: Words = MOVIES) -> go.Figure:
    """The parts one below the other, each from where the one before ended, and their sum: upward in blue, downward in
    orange. The axis is in stars, or in logits where a sigmoid follows."""
    return steps_to_sum(
        {words.told(name): value for name, value in prediction.parts.items()},
        words.unit if prediction.low is None else "logits",
    )


def steps_to_sum(parts: Mapping[str, float], unit: str) -> go.Figure:
    """The same of summands by name, in their `unit`."""
    names, total = [*parts, "sum"], sum(parts.values())
    values = [round(value, 5) for value in (*parts.values(), total)]
    walk = go.Waterfall(
        orientation="h",
        x=values,
        y=names,
        measure=["relative"] * len(parts) + ["total"],
        text=[f"{value:+.3f}" for value in values[:-1]] + [f"{values[-1]:.3f}"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
        hovertemplate=f"%{{y}}: %{{x:.4f}} {unit}<extra></extra>",
    )
    across = axis(unit, zeroline=True, showgrid=True, range=_range(parts.values()))
    down = axis("", autorange="reversed")
    look = layout("What the prediction is made of", height=250, showlegend=False, xaxis=across, yaxis=down)
    return go.Figure(walk, look)


def prediction_path(
    points: Sequence[tuple[float, float]],
    given: float | None,
    rating_range: tuple[float, float],
    n_epochs: int,
    at: float | None = None,
    words: Words = MOVIES,
) -> go.Figure:
    """A prediction through the epochs of a training, in stars, towards the rating that was given.

    Args:
        points: positions on the axis of epochs and predictions, in order.
        given: the rating; None where the user gave none.
        rating_range: the lowest and the highest rating.
        n_epochs: of the run.
        at: the position to show; None for the latest.
    """
    shown = [point for point in points if at is None or point[0] <= at + 1e-9] or list(points[:1])
    x, y = [position for position, _ in points], [stars for _, stars in points]
    hover = f"%{{y:.2f}} {words.unit} at epoch %{{x:.2f}}<extra></extra>"
    line = {"color": BLUE, "width": 2}
    way = go.Scatter(uid="way", name="predicted", x=x, y=y, mode="lines", line=line, hovertemplate=hover)
    here = go.Scatter(
        uid="here",
        name="here",
        x=[position for position, _ in shown[-1:]],
        y=[stars for _, stars in shown[-1:]],
        mode="markers+text",
        marker={"size": 12, "color": BLUE},
        text=[f"<b>{stars:.2f}</b>" for _, stars in shown[-1:]],
        textposition="top left" if shown and shown[-1][0] > n_epochs / 2 else "top right",
        textfont={"size": 14},
        hoverinfo="skip",
    )
    low, high = rating_range
    look = layout(
        "The prediction as it learns",
        height=212,
        showlegend=False,
        xaxis=epoch_axis(n_epochs),
        yaxis=axis(words.unit, **_scale(low, high, y)),
        shapes=[] if given is None else [_given_line(given)],
        annotations=[] if given is None else [_given_label(given)],
    )
    return go.Figure([way, here], look)


def _scale(low: float, high: float, predicted: Sequence[float]) -> dict[str, Any]:
    """The axis of ratings, with room for the predictions and their figure; a tick at each star where these are few."""
    star = star_size((low, high))
    shown = {"range": [min([low, *predicted]) - 0.3 * star, max([high, *predicted]) + 0.6 * star]}
    return {**shown, "dtick": 1} if star == 1 else {**shown, "nticks": 7}


def _given_line(given: float) -> dict[str, Any]:
    line = {"width": 2, "color": GREEN, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": given, "y1": given, "line": line}


def _given_label(given: float) -> dict[str, Any]:
    place = {"xref": "paper", "x": 1, "xanchor": "right", "y": given, "yanchor": "bottom"}
    return {"text": f"given: {given:g}", "showarrow": False, "font": {"size": 13, "color": GREEN}, **place}


def _range(values: Iterable[float]) -> list[float]:
    """From the lowest to the highest place of the walk, with room for the figures at both ends."""
    places = np.cumsum([0.0, *values])
    low, high = float(places.min()), float(places.max())
    room = 0.28 * ((high - low) or 1.0)
    return [low - room, high + room]
