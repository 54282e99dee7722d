"""Loss and learning rate of several runs over the same epochs."""

import math
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, loss_limits, rate_ticks
from cf_core.charts.run.curves import LOSS_AXIS, Metric, in_metric
from cf_core.charts.style import BLUE, GREEN, PINK, PURPLE, axis, escape_html, layout, thin_steadily
from cf_core.training.history import History
from cf_core.words import MOVIES, Words

COLORS = (BLUE, PURPLE, GREEN, PINK)
DECADES = 100
"""How many times the lowest loss is the highest that is drawn, where a run has diverged."""

FAINT = 0.6
"""Opacity of the training losses, which lie under the validation losses."""


def compare_curves(histories: Mapping[str, History], metric: Metric = "mse", words: Words = MOVIES) -> go.Figure:
    """The runs on the same axes, each in its own colour: the training loss thin, the validation loss with markers.

    Args:
        histories: the runs by their names in the legend and the hover.
        metric: "mse" in squared stars, or its root, "rmse", in stars.

    Where a run has diverged, the losses are on a logarithmic axis.
    """
    drawn = {name: [h.batches[i] for i in thin_steadily(len(h.batches))] for name, h in histories.items()}
    train = {name: in_metric([report.train_loss for report in reports], metric) for name, reports in drawn.items()}
    valid = {name: in_metric([e.valid_loss for e in history.epochs], metric) for name, history in histories.items()}
    diverged = any(history.ended is not None and history.ended.outcome == "diverged" for history in histories.values())
    losses = _all(train), _all(valid)
    limits, note = _decades(losses[0] + losses[1]) if diverged else loss_limits(*losses, [])
    rates = [report.learning_rate for reports in drawn.values() for report in reports]
    n_epochs = max([1, *map(_n_epochs, histories.values())])
    figure = go.Figure(
        layout=layout(
            "Loss and learning rate of each run",
            uirevision=f"{metric}, {'log' if diverged else 'linear'}",
            height=500,
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis(words.told(LOSS_AXIS[metric]), domain=[0.38, 1], **limits),
            yaxis2=axis("learning rate", domain=[0, 0.28], type="log", **rate_ticks(rates)),
            annotations=note,
        )
    )
    for (name, history), color in zip(histories.items(), cycle(COLORS), strict=False):
        at = [round(report.position, 4) for report in drawn[name]]
        look = {"color": color, "name": escape_html(name)}
        figure.add_trace(_line("training", look, at, train[name], "%{y:.4f} at epoch %{x:.2f}", opacity=FAINT))
        points = _line("validation", look, [e.epoch for e in history.epochs], valid[name], "%{y:.4f} after epoch %{x}")
        figure.add_trace(points.update(mode="lines+markers", line_width=2, marker={"size": 7}))
        of_rate = [float(f"{report.learning_rate:.5g}") for report in drawn[name]]
        rate = _line("rate", look, at, of_rate, "rate %{y:.3~g} at epoch %{x:.2f}", yaxis="y2")
        figure.add_trace(rate.update(showlegend=False))
    return figure


def _decades(losses: list[float | None]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A log axis, on which a loss that diverged and one that did not are both readable, and a note on what lies above
    it: what goes on for ever is cut off, or it would leave no room for the other."""
    known = [loss for loss in losses if loss is not None]
    if not known or min(known) <= 0:
        return {"type": "log", **rate_ticks(known)}, []
    low, highest = min(known), max(known)
    high = min(highest, DECADES * low)
    steps = [step * 10.0**power for power in range(-6, 7) for step in (1, 2, 5)]
    ticks = [step for step in steps if 0.8 * low <= step <= 1.2 * high]
    bounds = {"include": [0.9 * low, high], "clipmin": 0.8 * low, "clipmax": 1.1 * high}
    limits = {**rate_ticks(known), "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    return {**limits, "type": "log", "autorangeoptions": bounds}, [_above(highest)] if highest > high else []


def _above(highest: float) -> dict[str, Any]:
    """A note at the top of the plot."""
    place = {"xref": "paper", "yref": "paper", "x": 0.02, "y": 1, "xanchor": "left", "yanchor": "top"}
    return {"text": f"↑ up to {highest:.3g}", "showarrow": False, **place}


def _n_epochs(history: History) -> int:
    """The epochs trained; of a run in training those planned, so that the axis does not move."""
    if history.started is not None and history.ended is None:
        return history.started.n_epochs
    return math.ceil(history.batches[-1].position - 1e-9) if history.batches else 0


def _all(losses: Mapping[str, list[float | None]]) -> list[float | None]:
    return [loss for of_run in losses.values() for loss in of_run]


def _line(what: str, look: dict[str, str], x: list[Any], y: list[Any], hover: str, **more: Any) -> go.Scatter:
    name = f"{look['name']}, {what}"
    return go.Scatter(
        uid=name,
        name=name,
        x=x,
        y=y,
        mode="lines",
        line={"color": look["color"], "width": 1.2},
        hovertemplate=f"{look['name']}<br>{what}: {hover}<extra></extra>",
        **more,
    )
