"""A run as a page shows it, from its place in the queue to its outcome: where it is and its controls in one place, the
curves below it, and beside them what the page adds.

All of it is one fragment, so that the plot stays the same plot when the run ends, and what stands beside it keeps pace.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.training.history import History
from pages.shared import session
from pages.shared.duration import duration
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import is_outdated, live, refresh_seconds, seconds_worth
from pages.shared.run.controls import show_controls, show_new_rate
from pages.shared.run.curves import CurveOptions, show_curves
from pages.shared.run.guess import show_answers
from pages.shared.run.outcome import show_outcome

ROW, PLACE = "run_row", "run_state"
"""Keys of the row of buttons above the curves, and of the place below it that says how a run ended or has the slider of
its rate; the page's style keeps their heights."""

WIDTHS = [3, 2]
"""Of the curves, and of what stands beside them."""


class CurveLook(NamedTuple):
    """The `metric` of the curves and of what is said of them, and the strength of the training loss's average, from 0
    (none) to below 1."""

    metric: Metric = "mse"
    smoothing: float = 0.0


@dataclass(frozen=True)
class Bar:
    """What a page adds to the row of buttons above a run.

    Attributes:
        start: at its left end, whether a run is under way or not.
        offers: after it, while none is.
        look: at the right end of the place below; it says how the curves look.
    """

    start: Callable[[], None] = lambda: None
    offers: Callable[[], None] = lambda: None
    look: Callable[[], CurveLook] = CurveLook


@dataclass(frozen=True)
class Beside:
    """What a page shows beside the curves.

    Attributes:
        show: draws it, of the run as far as it has come.
        marked_epoch: asked first at each refresh for the epoch to be marked on the curves; None for no mark.
        every: seconds between refreshes after the run's end, while something moves; None where nothing does.
    """

    show: Callable[[History], None]
    marked_epoch: Callable[[], int | None] = lambda: None
    every: Callable[[], float | None] = lambda: None


def show_run(run_view: RunView, bar: Bar | None = None, beside: Beside | None = None) -> None:
    """The run, refreshed while it is under way. When it ends or continues, the whole page runs once more.

    Args:
        bar: what else there is to press.
        beside: what else there is to see; None where the curves have the full width.
    """
    run = run_view.run
    moves = beside.every() if beside is not None else None
    seconds = _seconds(run_view.live(), moves) if run.unfinished else moves
    live(_refresh, run_view, run, Stage(bar or Bar(), beside, seconds, moves), every=seconds)


def _seconds(now: LiveRun | None, moves: float | None) -> float:
    """Between two refreshes of a run under way; `moves` are those that what stands beside it asks for."""
    worth = seconds_worth(History() if now is None else now.history)
    return max(refresh_seconds(), min(worth, moves or worth))


@dataclass(frozen=True)
class Stage:
    """How one run of the page shows a run: what stands around it, the seconds between two refreshes, those that what
    stands beside it asked for, and what the browser has of the curves."""

    bar: Bar
    beside: Beside | None
    every: float | None
    moves: float | None
    sent: SentState = field(default_factory=SentState)


def _refresh(run_view: RunView, run: Run, stage: Stage) -> None:
    """What the page shows of `run`, which is as the store knew it when the page ran."""
    now = run_view.live()
    under_way = now if now is not None and now.unfinished else None
    marked_epoch = None if stage.beside is None else stage.beside.marked_epoch()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=ROW):
        stage.bar.start()
        if not session.is_selected(run_view):
            st.rerun()  # another run has just been started
        if under_way is not None:
            _show_under_way(run_view, run, under_way, stage)
        else:
            stage.bar.offers()
    with st.container(horizontal=True, vertical_alignment="center", key=PLACE):
        history, look = _show_state(run_view, run, under_way, stage.bar)
    options = CurveOptions(*look, stage.every, stage.sent)
    if stage.beside is None:
        show_curves(run, history, options, marked_epoch)
        return
    curves_side, beside_side = st.columns(WIDTHS, gap="medium")
    with curves_side:
        show_curves(run, history, options, marked_epoch)
    with beside_side:
        stage.beside.show(history)
    if stage.beside.every() != stage.moves:
        st.rerun()  # to begin or end the ticks; only here, when everything is drawn


def _show_under_way(run_view: RunView, run: Run, now: LiveRun, stage: Stage) -> None:
    if stage.every is None or (stage.sent.begun and is_outdated(stage.every, _seconds(now, stage.moves))):
        st.rerun()
    if isinstance(run_view, OwnRun):
        show_controls(run, now)
    with st.container(width="stretch"):
        show_progress(now)


def _show_state(run_view: RunView, run: Run, under_way: LiveRun | None, bar: Bar) -> tuple[History, CurveLook]:
    """The slider of the rate while the run is under way, afterwards how it ended; at the right its guess and the
    chart's look."""
    words = st.container(width="stretch")
    if under_way is not None:
        history = under_way.history
        with words, st.container(horizontal=True, vertical_alignment="center"):
            if isinstance(run_view, OwnRun):
                show_new_rate(run, under_way)
    else:
        history = _stored_history(run_view, run)
    if isinstance(run_view, OwnRun):
        show_answers(run, history)
    look = bar.look()
    if under_way is None:
        with words:
            _show_ended(run_view, run, history, look.metric)
    return history, look


def _stored_history(run_view: RunView, run: Run) -> History:
    """The history of a run that has ended, or is in the hands of another process, or is about to be stored."""
    if run_view.run.outcome != run.outcome:
        st.rerun()
    return run_view.history()


def _show_ended(run_view: RunView, run: Run, history: History, metric: Metric) -> None:
    if run.unfinished:
        st.progress(0.0, "In training in another process; its curves grow here after each epoch.")
    else:
        show_outcome(run, history, metric, is_own=isinstance(run_view, OwnRun))


def show_progress(now: LiveRun) -> None:
    """Where a run is that is under way: its place in the queue, or how much of it is trained."""
    if now.place is not None or now.set_down:
        st.progress(min(now.history.progress().fraction, 1.0), _waiting_line(now))
    elif now.history.started is None:
        st.progress(0.0, "Starting…")
    else:
        n_epochs, n_batches = now.history.started.n_epochs, now.history.started.n_batches
        st.progress(min(now.history.progress().fraction, 1.0), _progress_line(now.history, n_epochs, n_batches))


def _waiting_line(now: LiveRun) -> str:
    """What a run without a worker waits for."""
    if now.place is None:
        return "Paused, set down: others were waiting. Resume it: it goes on first of your runs, to the same numbers."
    ahead = f"{now.place - 1} ahead of it" if now.place > 1 else "it is next"
    if now.set_down:
        return f"Set down after its share, as others wait: {ahead}. It goes on by itself, to the same numbers."
    return f"Waiting for a free worker: {ahead}."


def _progress_line(history: History, n_epochs: int, n_batches: int) -> str:
    """Where a run is, how fast, and how long it will take; while it is paused, the loss of what it trained last.
    `n_batches` is per epoch."""
    progress = history.progress()
    last = history.batches[-1] if history.batches else None
    parts = [f"Epoch {last.epoch if last else 1} of {n_epochs}"]
    if history.paused:
        parts.append(f"paused at batch {last.batch if last else 0:,} of {n_batches:,}")
        if last is not None:
            parts.append(f"loss of {_last_batches(history)} {last.train_loss:.4f}")
    elif progress.ratings_per_second is not None and progress.seconds_left is not None:
        parts += [f"{progress.ratings_per_second:,.0f} ratings/s", f"{duration(progress.seconds_left)} left"]
    return " · ".join(parts)


def _last_batches(history: History) -> str:
    """What the last report is about: one batch, or all since the report before."""
    last = history.batches[-1]
    before = history.batches[-2] if len(history.batches) > 1 else None
    n_batches = last.batch - (before.batch if before is not None and before.epoch == last.epoch else 0)
    return "this batch" if n_batches == 1 else f"the last {n_batches:,} batches"
