"""The curves of a run, as far as it has come; before any run, empty axes with what there is to beat."""

import time
from dataclasses import dataclass, field

import pandas as pd

from cf_core.charts.run.curves import Metric, loss_curves
from cf_core.charts.style import thin
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.insight.baselines import Baseline
from cf_core.runs.spec import Run
from cf_core.training.history import History
from cf_core.training.schedules import preview
from cf_core.words import Words
from pages.shared import cached, server, session
from pages.shared.cached import cache_for_all
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState, SerializedFigure
from pages.shared.run.lesson import lesson_losses, run_lesson_losses

KEY = "curves"
"""Of the plot: the curves of a run grow in the very axes that stood there before it."""

N_PLANNED = 200
"""Points of the planned learning rate that are drawn."""


@dataclass(frozen=True)
class CurveOptions:
    """How one page shows the curves: `metric`, strength of the `smoothing`, the seconds between two refreshes (None: no
    refreshes), and what the browser has of the plot."""

    metric: Metric
    smoothing: float
    every: float | None
    sent: SentState = field(default_factory=SentState)


@dataclass(frozen=True)
class _Moment:
    """Up to where a drawing shows a run: all visitors who ask at the same moment are given the same drawing. That is
    the number of events where the history stands still, else the refresh interval that the clock is in."""

    n_events: int | None
    tick: int | None

    @classmethod
    def of(cls, history: History, every: float | None) -> "_Moment":
        if every is None or history.paused or history.ended is not None:
            return cls(len(history.events()), None)
        return cls(None, int(time.monotonic() / every))


def show_goal(config: TrainingConfig, split: SplitConfig, n_batches: int, metric: Metric) -> None:
    """Before any run: the lesson's losses by the epochs of its recipe, and what others reach.

    Args:
        split: that the run would be trained on.
        n_batches: per epoch.
        metric: of the axis.
    """
    others = cached.baselines(session.ratings(), split)
    lesson, plan = lesson_losses(config.recipe, split), _planned_rates(config, n_batches)
    goals = "; ".join(f"{session.words().told(baseline.name)}: {baseline.valid_loss:.3f}" for baseline in others)
    alt = f"Empty axes for training and validation loss. What to beat, as validation MSE: {goals}."
    figure = loss_curves(History(), lesson, metric, others, plan=plan, words=session.words())
    plot(figure, key=KEY, alt=alt)


def show_curves(run: Run, history: History, options: CurveOptions, marked_epoch: int | None = None) -> None:
    """The curves of a run, with the lesson's losses where its recipe has some, and what others reach."""
    drawing, alt = _draw(
        run.run_id,
        run.spec.config,
        run_baselines(run) if history.started else [],
        run_lesson_losses(run),
        options.metric,
        options.smoothing,
        marked_epoch,
        _Moment.of(history, options.every),
        history.paused,
        session.words(),
        history,
    )
    plot(drawing, key=KEY, alt=alt, sent=options.sent)


@cache_for_all(max_entries=16)  # only those of the moment: more would burden the garbage collector
def _draw(
    run_id: str,
    config: TrainingConfig,
    baselines: list[Baseline],
    lesson: tuple[float, ...],
    metric: Metric,
    smoothing: float,
    marked_epoch: int | None,
    moment: _Moment,
    paused: bool,
    words: Words,
    _history: History,
) -> tuple[SerializedFigure, str]:
    """The figure and its alt text. Drawn once for all who watch the run: a class that watches one run costs little more
    than a single student."""
    reached = "no epoch is over yet"
    if _history.epochs:
        last = _history.epochs[-1]
        losses = f"the validation MSE is {last.valid_loss:.3f}, the RMSE {last.rmse:.3f} {words.unit}"
        reached = f"after epoch {last.epoch} {losses}"
    others = "".join(f"; {words.told(baseline.name)}: {baseline.valid_loss:.3f}" for baseline in baselines)
    plan = None if _history.started is None else _planned_rates(config, _history.started.n_batches)
    figure = loss_curves(_history, lesson, metric, baselines, smoothing, plan=plan, epoch=marked_epoch, words=words)
    drawing = SerializedFigure.of(figure)
    server.freeze_gc("curves")
    return drawing, f"Training and validation loss by epoch; {reached}{others}."


@cache_for_all(max_entries=64)
def _planned_rates(config: TrainingConfig, n_batches: int) -> pd.DataFrame:
    """The learning rates that a run of that configuration will take, thinned."""
    rates = preview(config, n_batches)
    return rates.iloc[thin(len(rates), N_PLANNED)]


def run_baselines(run: Run) -> list[Baseline]:
    """What others reach on the data and split of the run; nothing where the selected data are not the run's."""
    ratings = session.ratings()
    unread = not run.fingerprint and run.spec.data == session.data_folder()
    return cached.baselines(ratings, run.spec.split) if unread or run.fingerprint == ratings.fingerprint else []
