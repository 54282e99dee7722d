"""Loss and learning rate of a run over its epochs, as far as it has come."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, rate_ticks, settled_range
from cf_core.charts.run.baseline_lines import LABEL_WIDTH, Level, baseline_levels, level_labels, level_lines
from cf_core.charts.run.curve_marks import (
    MARGIN,
    Mark,
    command_marks,
    command_points,
    epoch_mark,
    mark_labels,
    mark_lines,
    phase_marks,
)
from cf_core.charts.style import BLUE, GREEN, ORANGE, PURPLE, axis, layout, thin_steadily
from cf_core.insight.baselines import Baseline
from cf_core.teaching.smoothing import debiased_average
from cf_core.training.history import History
from cf_core.words import MOVIES, Words

Metric = Literal["mse", "rmse"]
FAINT = 0.45
"""Opacity of the single losses under their average."""

HEIGHT = 440
"""Pixels: with what stands above it, the chart ends where a projector's screen does."""

_AFTER_EPOCH = "%{y:.4f} after epoch %{x}"
_AT_EPOCH = "%{y:.4f} at epoch %{x:.2f}"
_NO_LOSSES = {"text": "no losses yet", "showarrow": False, "xref": "paper", "x": 0.5, "yref": "paper", "y": 0.7}
LOSS_AXIS: dict[Metric, str] = {"mse": "loss (MSE, stars²)", "rmse": "loss (RMSE, stars)"}


def loss_curves(
    history: History,
    lesson_losses: tuple[float, ...] = (),
    metric: Metric = "mse",
    baselines: Sequence[Baseline] = (),
    smoothing: float = 0.0,
    plan: pd.DataFrame | None = None,
    epoch: int | None = None,
    words: Words = MOVIES,
) -> go.Figure:
    """Training and validation loss above, the learning rate (log axis) below, over one axis of epochs; phases and
    commands are marked.

    The x axis spans all epochs of the run from the start, and the loss axis what there is to beat, so that the plot
    does not jump. The loss axis leaves out the first, very high training losses and says how high they went. Of more
    than `MAX_POINTS` training reports fewer are drawn, evenly spaced, the first and the last among them.

    Args:
        history: the run so far; an empty one gives empty axes.
        lesson_losses: the lesson's validation losses (MSE, stars²) after each epoch; empty where it shows none.
        metric: "mse" in squared stars, or its root, "rmse", in stars.
        baselines: what other predictors reach, as lines.
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
    levels = [*_lesson_level(lesson), *baseline_levels(baselines, metric, words)]
    goals = [level.loss for level in levels] + [loss for loss in lesson if loss is not None]
    shown = settled_range(train, valid, goals)
    rates = [_short(report.learning_rate) for report in reports]
    planned = [] if plan is None else [_short(rate) for rate in plan["learning_rate"]]
    at = [round(report.position, 4) for report in reports]
    n_epochs = _n_epochs(history, lesson, plan)
    phases, commands = phase_marks(history.batches), command_marks(history)
    film = [] if epoch is None else [epoch_mark(epoch)]
    figure = go.Figure(
        layout=layout(
            "Loss and learning rate",
            uirevision=metric,
            height=HEIGHT,
            hovermode="x unified",
            hoversubplots="axis",
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis(words.told(LOSS_AXIS[metric]), domain=[0.27, 1], hoverformat=".4f", **_fixed(shown)),
            yaxis2=axis("rate", domain=[0, 1 / 6], type="log", hoverformat=".3~g", **_rate_axis(rates + planned)),
            margin={"l": 8, "r": LABEL_WIDTH if levels else 12, "t": 30 + MARGIN, "b": 8},
            annotations=level_labels(levels, shown or (0.0, 1.0))
            + mark_labels([*_start_mark(train, shown), *phases, *film], n_epochs)
            + mark_labels(commands, n_epochs, row=1)
            + ([] if shown else [_NO_LOSSES]),
            shapes=level_lines(levels) + mark_lines([*phases, *commands, *film]),
        )
    )
    if lesson:
        figure.add_trace(_diamonds(lesson))
    if smoothing:
        averages = debiased_average([report.train_loss for report in history.batches], smoothing)[drawn]
        figure.add_trace(
            _line("training loss", at, train, BLUE, width=1).update(
                opacity=FAINT, hovertemplate=_AT_EPOCH, showlegend=False
            )
        )
        figure.add_trace(
            _line("training loss, smoothed", at, in_metric(averages.tolist(), metric), BLUE, width=2).update(
                hovertemplate=_AT_EPOCH
            )
        )
    else:
        figure.add_trace(_line("training loss", at, train, BLUE).update(hovertemplate=_AT_EPOCH))
    figure.add_trace(_points(valid, history))
    figure.add_traces(_rates(history, at, rates, plan, planned))
    return figure


def _start_mark(train: list[float | None], shown: tuple[float, float] | None) -> list[Mark]:
    """How high the training loss began, where that is above the axis."""
    first = next((loss for loss in train if loss is not None), None)
    return [] if first is None or shown is None or first <= shown[1] else [Mark(0, f"↑ starts at {first:.3g}", BLUE)]


def _fixed(shown: tuple[float, float] | None) -> dict[str, Any]:
    """The range of the loss axis. A plot that is updated in place keeps what a figure leaves out, so all say the
    same."""
    there = shown is not None
    return {"range": [*(shown or (0, 1))], "showticklabels": there, "showgrid": there}


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


def _rate_axis(rates: list[float]) -> dict[str, Any]:
    """Two ticks at powers of ten, between which the low panel has its rates."""
    ticks = rate_ticks(rates, 2)
    if "autorangeoptions" not in ticks:
        return ticks
    bounds = ticks.pop("autorangeoptions")["include"]
    return {**ticks, "autorange": False, "range": [math.log10(bound) for bound in bounds]}


def _short(rate: float) -> float:
    return float(f"{rate:.5g}")


def in_metric(losses: Sequence[float], metric: Metric) -> list[float | None]:
    """Losses (MSE) in the metric; None where a loss is not finite, as in a run that diverged."""
    shown = [math.sqrt(loss) if metric == "rmse" and loss >= 0 else loss for loss in losses]
    return [float(f"{loss:.6g}") if math.isfinite(loss) else None for loss in shown]


def _n_epochs(history: History, lesson: Sequence[object], plan: pd.DataFrame | None) -> int:
    planned = len(lesson) if plan is None or plan.empty else math.ceil(float(plan["position"].max()) - 1e-9)
    started = history.started.n_epochs if history.started else planned
    return max(started, max((report.epoch for report in history.batches), default=1))


def _line(name: str, x: list[float], y: list[Any], color: str, yaxis: str = "y", width: float = 1.2) -> go.Scatter:
    return go.Scatter(uid=name, name=name, x=x, y=y, yaxis=yaxis, mode="lines", line={"color": color, "width": width})


def _points(valid: list[float | None], history: History) -> go.Scatter:
    line = _line("validation loss", [epoch.epoch for epoch in history.epochs], valid, ORANGE, width=2)
    return line.update(mode="lines+markers", marker={"size": 7}, hovertemplate=_AFTER_EPOCH)


def _diamonds(lesson: list[float | None]) -> go.Scatter:
    name = "the lesson, each epoch"
    marker = {"symbol": "diamond-open", "size": 9, "color": GREEN, "line": {"width": 1.5}}
    x = list(range(1, len(lesson) + 1))
    diamonds = go.Scatter(uid=name, name=name, x=x, y=lesson, mode="markers", marker=marker)
    return diamonds.update(hovertemplate=_AFTER_EPOCH, showlegend=False)  # named in the margin


def _lesson_level(lesson: list[float | None]) -> list[Level]:
    """The lesson's last loss, dashed; nothing where it shows none."""
    return [] if not lesson or lesson[-1] is None else [Level("the lesson", lesson[-1], GREEN, "dash")]
