"""How the runs of one student for a task come down to its goal."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis
from cf_core.charts.style import BLUE, GREEN, GREY, axis, escape_html, layout
from cf_core.words import MOVIES, Words

Curve = Sequence[tuple[int, float]]
"""Pairs of an epoch, from 1, and the validation RMSE after it."""

COLORS = (BLUE, GREY)


def rmse_curves(
    curves: Mapping[str, Curve], goal: float | None, n_epochs: int, words: Words = MOVIES, height: int = 400
) -> go.Figure:
    """Validation RMSE by epoch, and the goal as a dashed line where there is one.

    Args:
        curves: at most two, by their names in the legend; the first is the one to look at.
        n_epochs: that the axis has room for at least.
    """
    last = max([n_epochs, *(curve[-1][0] for curve in curves.values() if curve)])
    figure = go.Figure(
        layout=layout(
            "Validation RMSE by epoch",
            height=height,
            xaxis=epoch_axis(last),
            yaxis=axis(f"RMSE, {words.unit}", tickformat=".3f", **_room(curves, goal)),
            showlegend=True,
        )
    )
    for (name, curve), color in zip(curves.items(), COLORS, strict=False):
        called = escape_html(name)
        figure.add_trace(
            go.Scatter(
                uid=name,
                name=called,
                x=[epoch for epoch, _ in curve],
                y=[rmse for _, rmse in curve],
                mode="lines+markers",
                line={"color": color, "width": 2},
                marker={"size": 7},
                hovertemplate=f"{called}: RMSE %{{y:.4f}} after epoch %{{x}}<extra></extra>",
            )
        )
    if goal is not None:
        figure.add_trace(
            go.Scatter(
                uid="goal",
                name=f"goal {goal:.4f}",
                x=[0, last],
                y=[goal, goal],
                mode="lines",
                line={"color": GREEN, "width": 2, "dash": "dash"},
                hovertemplate=f"goal: RMSE {goal:.4f} or less<extra></extra>",
            )
        )
    return figure


def _room(curves: Mapping[str, Curve], goal: float | None) -> dict[str, Any]:
    """How the axis is laid out: around the goal where there is one; without numbers while there is nothing to see."""
    around = [] if goal is None else [0.97 * goal, 1.1 * goal]
    return {"autorangeoptions": {"include": around}, "showticklabels": bool(around) or any(curves.values())}
