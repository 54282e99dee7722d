"""A run as a page shows it, from its place in the queue to its outcome: state and controls above, curves below.

All of it is one fragment, so that the plot stays the same plot when the run ends.
"""

from collections.abc import Callable

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.training.history import History
from pages.shared.refresh import interval, is_outdated, live, refresh_seconds
from pages.shared.run.controls import show_continuation, show_controls
from pages.shared.run.curves import CurveOptions, show_curves
from pages.shared.run.guess import show_answers
from pages.shared.run.outcome import show_outcome


def show_run(
    run_view: RunView,
    *,
    metric: Metric = "mse",
    smoothing: float = 0.0,
    marked_epoch: Callable[[], int | None] = lambda: None,
    every: float | None = None,
) -> None:
    """The run, refreshed while it is under way. When it ends or continues, the whole page runs once more.

    Args:
        metric: of the curves.
        smoothing: strength of the training loss's average, from 0 (none) to below 1.
        marked_epoch: asked at each refresh for the epoch to be marked on the curves; None for no mark.
        every: seconds between refreshes after the run's end, for a mark that moves; None for no refreshes.
    """
    run = run_view.run
    seconds = interval(run.unfinished) or every
    live(_refresh, run_view, run, CurveOptions(metric, smoothing, marked_epoch, seconds), every=seconds)


def _refresh(run_view: RunView, run: Run, options: CurveOptions) -> None:
    """What the page shows of `run`, which is as the store knew it when the page ran."""
    now = run_view.live()
    above, below = st.container(), st.container()
    with above:
        if now is not None and now.unfinished:
            history = now.history
            _show_under_way(run_view, run, now, options)
        else:
            history = _show_stored(run_view, run)
    with below:
        show_curves(run, history, options)


def _show_under_way(run_view: RunView, run: Run, now: LiveRun, options: CurveOptions) -> None:
    if options.every is None or (options.sent.begun and is_outdated(options.every, refresh_seconds())):
        st.rerun()
    _show_progress(now)
    if isinstance(run_view, OwnRun):
        show_controls(run, now)


def _show_stored(run_view: RunView, run: Run) -> History:
    """A run that has ended, or is in the hands of another process, or is about to be stored."""
    stored, history = run_view.run, run_view.history()
    if stored.outcome != run.outcome:
        st.rerun()
    if run.unfinished:
        st.progress(0.0, "In training in another process; its curves grow here after each epoch.")
        return history
    show_outcome(run, history)
    if isinstance(run_view, OwnRun):
        show_answers(run, history)
        show_continuation(run)
    return history


def _show_progress(now: LiveRun) -> None:
    if now.place is not None:
        ahead = f"{now.place - 1} ahead of it" if now.place > 1 else "it is next"
        st.progress(0.0, f"Waiting for a free worker: {ahead}.")
    elif now.history.started is None:
        st.progress(0.0, "Starting…")
    else:
        n_epochs, n_batches = now.history.started.n_epochs, now.history.started.n_batches
        st.progress(min(now.history.progress().fraction, 1.0), _progress_line(now.history, n_epochs, n_batches))


def _progress_line(history: History, n_epochs: int, n_batches: int) -> str:
    """Where a run is, how fast, and how long it will take; `n_batches` is per epoch."""
    progress = history.progress()
    epoch, batch = (history.batches[-1].epoch, history.batches[-1].batch) if history.batches else (1, 0)
    parts = [f"Epoch {epoch} of {n_epochs}"]
    if history.paused:
        parts.append(f"paused at batch {batch:,} of {n_batches:,}")
    elif progress.ratings_per_second is not None and progress.seconds_left is not None:
        parts += [f"{progress.ratings_per_second:,.0f} ratings per second", f"about {progress.seconds_left:.0f} s left"]
    return " · ".join(parts)
