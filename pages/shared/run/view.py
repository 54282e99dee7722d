"""A run as a page shows it, from its place in the queue to its outcome: where it is and its controls in one place, the
curves below it, and beside them what the page adds.

All of it is one fragment, so that the plot stays the same plot when the run ends, and what stands beside it keeps pace.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.training.history import History
from pages.shared.refresh import interval, is_outdated, live, refresh_seconds
from pages.shared.run.controls import show_controls, show_new_rate
from pages.shared.run.curves import CurveOptions, show_curves
from pages.shared.run.guess import show_answers
from pages.shared.run.outcome import show_outcome

PLACE = "run_state"
"""Key of the place above the curves that says where a run is or how it ended; the page's style keeps its height."""

WIDTHS = [8, 5]
"""Of the curves, and of what stands beside them."""


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


def show_run(
    run_view: RunView, *, metric: Metric = "mse", smoothing: float = 0.0, beside: Beside | None = None
) -> None:
    """The run, refreshed while it is under way. When it ends or continues, the whole page runs once more.

    Args:
        metric: of the curves and of what is said of them.
        smoothing: strength of the training loss's average, from 0 (none) to below 1.
        beside: what else there is to see; None where the curves have the full width.
    """
    run = run_view.run
    moves = beside.every() if beside is not None else None
    seconds = interval(run.unfinished) or moves
    live(_refresh, run_view, run, CurveOptions(metric, smoothing, seconds), beside, moves, every=seconds)


def _refresh(run_view: RunView, run: Run, options: CurveOptions, beside: Beside | None, moves: float | None) -> None:
    """What the page shows of `run`, which is as the store knew it when the page ran."""
    now = run_view.live()
    marked_epoch = None if beside is None else beside.marked_epoch()
    with st.container(horizontal=True, vertical_alignment="center", key=PLACE):
        if now is not None and now.unfinished:
            history = now.history
            _show_under_way(run_view, run, now, options)
        else:
            history = _show_stored(run_view, run, options.metric)
    if beside is None:
        show_curves(run, history, options, marked_epoch)
        return
    curves_side, beside_side = st.columns(WIDTHS, gap="medium")
    with curves_side:
        show_curves(run, history, options, marked_epoch)
    with beside_side:
        beside.show(history)
    if beside.every() != moves:
        st.rerun()  # to begin or end the ticks; only here, when everything is drawn


def _show_under_way(run_view: RunView, run: Run, now: LiveRun, options: CurveOptions) -> None:
    if options.every is None or (options.sent.begun and is_outdated(options.every, refresh_seconds())):
        st.rerun()
    is_own = isinstance(run_view, OwnRun)
    if is_own:
        show_controls(run, now)
    with st.container(width="stretch"):
        _show_progress(now)
    if is_own:
        show_new_rate(run, now)
        show_answers(run, now.history)


def _show_stored(run_view: RunView, run: Run, metric: Metric) -> History:
    """A run that has ended, or is in the hands of another process, or is about to be stored."""
    stored, history = run_view.run, run_view.history()
    if stored.outcome != run.outcome:
        st.rerun()
    if run.unfinished:
        st.progress(0.0, "In training in another process; its curves grow here after each epoch.")
        return history
    with st.container(width="stretch"):
        show_outcome(run, history, metric, is_own=isinstance(run_view, OwnRun))
    if isinstance(run_view, OwnRun):
        show_answers(run, history)
    return history


def _show_progress(now: LiveRun) -> None:
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
        parts += [f"{progress.ratings_per_second:,.0f} ratings/s", f"about {progress.seconds_left:.0f} s left"]
    return " · ".join(parts)


def _last_batches(history: History) -> str:
    """What the last report is about: one batch, or all since the report before."""
    last = history.batches[-1]
    before = history.batches[-2] if len(history.batches) > 1 else None
    n_batches = last.batch - (before.batch if before is not None and before.epoch == last.epoch else 0)
    return "this batch" if n_batches == 1 else f"the last {n_batches:,} batches"
