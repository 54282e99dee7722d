"""Several runs over the same epochs: losses above, learning rates beneath. Nothing in here knows what a run was for."""

import math
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, loss_limits, rate_ticks
from cf_core.charts.curves import LOSS_AXIS, Metric, in_metric
from cf_core.charts.style import BLUE, GREEN, ORANGE, PINK, axis, layout, plain, thin_steadily
from cf_core.training.history import History

COLORS = (BLUE, ORANGE, GREEN, PINK)
FAINT = 0.4
"""Opacity of the training losses, which lie under the validation losses."""


def compare_curves(histories: Mapping[str, History], metric: Metric = "mse") -> go.Figure:
    """The runs on the same axes, each in its own colour: training loss thin, validation loss with its points.

    Args:
        histories: the runs by the names that the legend and the hover give them.
        metric: "mse" in squared stars, or its root, "rmse", in stars.
    """
    drawn = {name: [h.batches[i] for i in thin_steadily(len(h.batches))] for name, h in histories.items()}
    train = {name: in_metric([report.train_loss for report in reports], metric) for name, reports in drawn.items()}
    valid = {name: in_metric([e.valid_loss for e in history.epochs], metric) for name, history in histories.items()}
    limits, note = loss_limits(_all(train), _all(valid), [])
    rates = [report.learning_rate for reports in drawn.values() for report in reports]
    n_epochs = max([1, *(math.ceil(reports[-1].position - 1e-9) for reports in drawn.values() if reports)])
    figure = go.Figure(
        layout=layout(
            "Loss and learning rate, run by run",
            uirevision=metric,
            height=500,
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis(LOSS_AXIS[metric], domain=[0.38, 1], **limits),
            yaxis2=axis("learning rate", domain=[0, 0.28], type="log", **rate_ticks(rates)),
            annotations=note,
        )
    )
    for (name, history), color in zip(histories.items(), cycle(COLORS), strict=False):
        at = [round(report.position, 4) for report in drawn[name]]
        look = {"color": color, "plain": plain(name)}
        figure.add_trace(_line("training", look, at, train[name], "%{y:.4f} at epoch %{x:.2f}", opacity=FAINT))
        points = _line("validation", look, [e.epoch for e in history.epochs], valid[name], "%{y:.4f} after epoch %{x}")
        figure.add_trace(points.update(mode="lines+markers", line_width=2, marker={"size": 7}))
        of_rate = [float(f"{report.learning_rate:.5g}") for report in drawn[name]]
        rate = _line("rate", look, at, of_rate, "rate %{y:.3~g} at epoch %{x:.2f}", yaxis="y2")
        figure.add_trace(rate.update(showlegend=False))
    return figure


def _all(losses: Mapping[str, list[float | None]]) -> list[float | None]:
    return [loss for of_run in losses.values() for loss in of_run]


def _line(what: str, look: dict[str, str], x: list[Any], y: list[Any], hover: str, **more: Any) -> go.Scatter:
    name = f"{look['plain']}, {what}"
    return go.Scatter(
        uid=name,
        name=name,
        x=x,
        y=y,
        mode="lines",
        line={"color": look["color"], "width": 1.2},
        hovertemplate=f"{look['plain']}<br>{what}: {hover}<extra></extra>",
        **more,
    )
