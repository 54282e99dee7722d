"""Curves over the epochs: loss and learning rate of a run as far as it has come, and a schedule before any training.

Nothing in here trains or computes a schedule.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, loss_limits, loss_range, rate_ticks
from cf_core.charts.rail import Curves, rail_in_sight, rail_labels, rail_lines
from cf_core.charts.style import BLUE, GREEN, GREY, ORANGE, PURPLE, axis, layout, thin
from cf_core.insight.baselines import Baseline
from cf_core.training.events import BatchEnded
from cf_core.training.history import History

Metric = Literal["mse", "rmse"]
_AFTER_EPOCH = "%{y:.4f} after epoch %{x}"
_LOSS_AXIS = {"mse": "loss (MSE, stars²)", "rmse": "loss (RMSE, stars)"}


def loss_curves(
    history: History,
    lesson_losses: tuple[float, ...] = (),
    metric: Metric = "mse",
    rail: Sequence[Baseline] = (),
) -> go.Figure:
    """Training and validation loss above, the learning rate (log axis) below, over one axis of epochs.

    The x axis spans all epochs of the run from the start, so that the plot does not jump. The loss axis leaves out the
    first, very high training losses and says how high they went. Of more than `MAX_POINTS` training reports that many
    are drawn, evenly spaced, the first and the last among them.

    Args:
        history: the run so far; an empty one gives empty axes.
        lesson_losses: the lesson's validation losses (MSE, stars²) after each epoch; empty where it shows none.
        metric: "mse" in squared stars, or its root, "rmse", in stars.
        rail: what other predictors reach, as thin lines; those that would squash the curves are left out.
    """
    reports = [history.batches[i] for i in thin(len(history.batches))]
    train = _in_metric([report.train_loss for report in reports], metric)
    valid = _in_metric([epoch.valid_loss for epoch in history.epochs], metric)
    lesson = _in_metric(list(lesson_losses), metric)
    shown = loss_range(train, valid, lesson)
    marks = rail_in_sight(rail, shown, metric)
    limits, note = loss_limits(train, valid, lesson, [loss for mark in marks for loss in mark.room])
    rates = [float(f"{report.learning_rate:.5g}") for report in reports]
    at = [round(report.position, 4) for report in reports]
    n_epochs = _n_epochs(history, lesson)
    curves = Curves([*at, *(epoch.epoch for epoch in history.epochs)], [*train, *valid], n_epochs)
    figure = go.Figure(
        layout=layout(
            "Loss and learning rate",
            uirevision=metric,
            height=480,
            hovermode="x unified",
            hoversubplots="axis",
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis(_LOSS_AXIS[metric], domain=[0.38, 1], hoverformat=".4f", **limits),
            yaxis2=axis("learning rate", domain=[0, 0.28], type="log", hoverformat=".3~g", **rate_ticks(rates)),
            annotations=note + _lesson_label(lesson) + rail_labels(marks, curves, lesson[-1] if lesson else None),
            shapes=_lesson_line(lesson) + rail_lines(marks) + _phase_lines(history.batches),
        )
    )
    figure.add_traces([_line("training loss", at, train, BLUE), _points(valid, history)])
    if lesson:
        figure.add_trace(_diamonds(lesson))
    figure.add_trace(_line("learning rate", at, rates, PURPLE, yaxis="y2", width=1.5))
    return figure


def schedule_preview(frame: pd.DataFrame) -> go.Figure:
    """The learning rate over the epochs, before any training; thinned like the training curve.

    Args:
        frame: columns position (epochs), phase (from 1), learning_rate; one row a batch.
    """
    drawn = frame.iloc[thin(len(frame))]
    rates = [float(f"{rate:.5g}") for rate in drawn["learning_rate"]]
    line = _line("learning rate", drawn["position"].round(4).tolist(), rates, PURPLE, width=1.8)
    line.update(customdata=drawn["phase"].tolist(), fill="tozeroy", fillcolor="rgba(142,107,209,0.15)")
    line.hovertemplate = "epoch %{x:.2f}, phase %{customdata}<br>learning rate %{y:.3~g}<extra></extra>"
    ends = frame.groupby("phase")["position"].max().iloc[:-1]
    return go.Figure(
        line,
        layout(
            "Learning rate over the epochs",
            height=240,
            showlegend=False,
            xaxis=epoch_axis(math.ceil(float(frame["position"].max()) - 1e-9) if len(frame) else 1),
            yaxis=axis("learning rate", rangemode="tozero", tickformat="~g"),
            shapes=[_phase_line(float(at), i) for i, at in enumerate(ends, start=2)],
        ),
    )


def _in_metric(losses: Sequence[float], metric: Metric) -> list[float | None]:
    """Losses (MSE) in the metric; None where a loss is not finite, as in a run that diverged."""
    shown = [math.sqrt(loss) if metric == "rmse" and loss >= 0 else loss for loss in losses]
    return [float(f"{loss:.6g}") if math.isfinite(loss) else None for loss in shown]


def _n_epochs(history: History, lesson: Sequence[object]) -> int:
    planned = history.started.n_epochs if history.started else len(lesson)
    return max(planned, max((report.epoch for report in history.batches), default=1))


def _line(name: str, x: list[float], y: list[Any], color: str, yaxis: str = "y", width: float = 1.2) -> go.Scatter:
    return go.Scatter(uid=name, name=name, x=x, y=y, yaxis=yaxis, mode="lines", line={"color": color, "width": width})


def _points(valid: list[float | None], history: History) -> go.Scatter:
    line = _line("validation loss", [epoch.epoch for epoch in history.epochs], valid, ORANGE, width=2)
    return line.update(mode="lines+markers", marker={"size": 7}, hovertemplate=_AFTER_EPOCH)


def _diamonds(lesson: list[float | None]) -> go.Scatter:
    name = "the lesson, each epoch"
    marker = {"symbol": "diamond-open", "size": 12, "color": GREEN, "line": {"width": 1.5}}
    x = list(range(1, len(lesson) + 1))
    return go.Scatter(uid=name, name=name, x=x, y=lesson, mode="markers", marker=marker, hovertemplate=_AFTER_EPOCH)


def _lesson_line(lesson: list[float | None]) -> list[dict[str, Any]]:
    """A dashed line at the lesson's last figure."""
    if not lesson or lesson[-1] is None:
        return []
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": lesson[-1], "y1": lesson[-1]}
    return [{**across, "layer": "below", "line": {"dash": "dash", "width": 1.5, "color": GREEN}}]


def _lesson_label(lesson: list[float | None]) -> list[dict[str, Any]]:
    """The figure, under the right end of its line."""
    if not lesson or lesson[-1] is None:
        return []
    where = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "y", "y": lesson[-1], "yanchor": "top", "yshift": -6}
    return [{"text": f"the lesson: {lesson[-1]:.3f}", "showarrow": False, "font": {"size": 12}, **where}]


def _phase_lines(batches: Sequence[BatchEnded]) -> list[dict[str, Any]]:
    starts: dict[int, int] = {}
    for report in batches:
        starts.setdefault(report.phase, report.epoch - 1)
    return [_phase_line(at, phase) for phase, at in starts.items() if at > 0]


def _phase_line(at: float, phase: int) -> dict[str, Any]:
    up = {"type": "line", "xref": "x", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1}
    label = {"text": f"phase {phase}", "textposition": "end", "textangle": 0, "xanchor": "left", "yanchor": "top"}
    return {**up, "line": {"width": 1, "color": GREY, "dash": "dot"}, "label": {**label, "font": {"size": 11}}}
