"""Loss and learning rate of a run over its epochs, as far as it has come."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, loss_limits, loss_range, rate_ticks
from cf_core.charts.run.baseline_lines import (
    LABEL_WIDTH,
    Level,
    axis_span,
    baseline_lines,
    level_labels,
    visible_baselines,
)
from cf_core.charts.run.curve_marks import command_lines, command_points, epoch_line, phase_lines
from cf_core.charts.style import BLUE, GREEN, ORANGE, PURPLE, axis, layout, thin_steadily
from cf_core.insight.baselines import Baseline
from cf_core.teaching.smoothing import debiased_average
from cf_core.training.history import History

Metric = Literal["mse", "rmse"]
FAINT = 0.45
"""Opacity of the single losses under their average."""

_AFTER_EPOCH = "%{y:.4f} after epoch %{x}"
LOSS_AXIS: dict[Metric, str] = {"mse": "loss (MSE, stars²)", "rmse": "loss (RMSE, stars)"}


def loss_curves(
    history: History,
    lesson_losses: tuple[float, ...] = (),
    metric: Metric = "mse",
    baselines: Sequence[Baseline] = (),
    smoothing: float = 0.0,
    plan: pd.DataFrame | None = None,
    epoch: int | None = None,
) -> go.Figure:
    """Training and validation loss above, the learning rate (log axis) below, over one axis of epochs; phases and
    commands are marked.

    The x axis spans all epochs of the run from the start, so that the plot does not jump. The loss axis leaves out the
    first, very high training losses and says how high they went. Of more than `MAX_POINTS` training reports fewer are
    drawn, evenly spaced, the first and the last among them.

    Args:
        history: the run so far; an empty one gives empty axes.
        lesson_losses: the lesson's validation losses (MSE, stars²) after each epoch; empty where it shows none.
        metric: "mse" in squared stars, or its root, "rmse", in stars.
        baselines: what other predictors reach, as thin lines; those that would squash the curves are left out.
        smoothing: strength of the training loss's debiased exponential average, from 0 (none is drawn) to below 1.
        plan: the rates that the run means to take, drawn faintly with the run's place on them; columns position
            (epochs) and learning_rate.
        epoch: the epoch that another chart shows, to be marked.
    """
    drawn = thin_steadily(len(history.batches))
    reports = [history.batches[i] for i in drawn]
    train = in_metric([report.train_loss for report in reports], metric)
    valid = in_metric([epoch.valid_loss for epoch in history.epochs], metric)
    lesson = in_metric(list(lesson_losses), metric)
    shown = loss_range(train, valid, lesson)
    levels = visible_baselines(baselines, shown, metric)
    span = axis_span([*_lesson_level(lesson), *levels], shown) if shown else (0.0, 1.0)
    limits, note = loss_limits(train, valid, lesson, span if levels else ())
    rates = [_short(report.learning_rate) for report in reports]
    planned = [] if plan is None else [_short(rate) for rate in plan["learning_rate"]]
    at = [round(report.position, 4) for report in reports]
    n_epochs = _n_epochs(history, lesson)
    figure = go.Figure(
        layout=layout(
            "Loss and learning rate",
            uirevision=metric,
            height=500,
            hovermode="x unified",
            hoversubplots="axis",
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis(LOSS_AXIS[metric], domain=[0.38, 1], hoverformat=".4f", **limits),
            yaxis2=axis(
                "learning rate", domain=[0, 0.28], type="log", hoverformat=".3~g", **rate_ticks(rates + planned)
            ),
            margin={"l": 8, "r": LABEL_WIDTH if lesson or baselines else 12, "t": 44, "b": 8},
            annotations=note + level_labels([*_lesson_level(lesson), *levels], span),
            shapes=_lesson_line(lesson)
            + baseline_lines(levels)
            + phase_lines(history.batches)
            + command_lines(history)
            + ([] if epoch is None else [epoch_line(epoch)]),
        )
    )
    if smoothing:
        averages = debiased_average([report.train_loss for report in history.batches], smoothing)[drawn]
        figure.add_trace(_line("training loss", at, train, BLUE, width=1).update(opacity=FAINT))
        figure.add_trace(_line("training loss, smoothed", at, in_metric(averages.tolist(), metric), BLUE, width=2))
    else:
        figure.add_trace(_line("training loss", at, train, BLUE))
    figure.add_trace(_points(valid, history))
    if lesson:
        figure.add_trace(_diamonds(lesson))
    figure.add_traces(_rates(history, at, rates, plan, planned))
    return figure


def _rates(
    history: History, at: list[float], rates: list[float], plan: pd.DataFrame | None, planned: list[float]
) -> list[go.Scatter]:
    """The panel of the learning rate: the plan, the rates taken, the run's place on the plan, and its commands."""
    lines = [_line("learning rate", at, rates, PURPLE, yaxis="y2", width=1.5).update(showlegend=False)]
    if plan is not None:
        line = _line("rate as planned", plan["position"].round(4).tolist(), planned, PURPLE, yaxis="y2", width=1)
        lines.insert(0, line.update(line_dash="dot", hoverinfo="skip", showlegend=False))
        if history.ended is None:
            here = _line("now", at[-1:], rates[-1:], PURPLE, yaxis="y2")
            lines.append(here.update(mode="markers", marker={"size": 10}, showlegend=False, hoverinfo="skip"))
    commands = command_points(history)
    return lines if commands is None else [*lines, commands]


def _short(rate: float) -> float:
    return float(f"{rate:.5g}")


def in_metric(losses: Sequence[float], metric: Metric) -> list[float | None]:
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


def _lesson_level(lesson: list[float | None]) -> list[Level]:
    """The lesson's last loss; nothing where it shows none."""
    return [] if not lesson or lesson[-1] is None else [Level("the lesson", lesson[-1])]


def _lesson_line(lesson: list[float | None]) -> list[dict[str, Any]]:
    """A dashed line at the lesson's last loss."""
    dashed = {"dash": "dash", "width": 1.5, "color": GREEN}
    return [{**line, "line": dashed} for line in baseline_lines(_lesson_level(lesson))]
