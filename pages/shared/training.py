"""A run as a page shows it, from its place in the queue to its outcome: state and controls above, curves below.

All of it is one fragment, so that the plot stays the same plot when the run ends. Nothing in here trains.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cf_core.charts.curves import Metric, loss_curves
from cf_core.errors import CFError
from cf_core.runs.jobs import LiveRun
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared.outcome import print_model, say_outcome
from pages.shared.plot import plot
from pages.shared.session import ChosenRun, OwnRun
from pages.shared.steering import go_on, steer
from pages.shared.words import say_error

REFRESH_SECONDS = 0.5


def show_run(chosen: ChosenRun, metric: Metric = "mse") -> None:
    """The run, refreshed while it is under way. When it ends or goes on, the whole page runs once more."""
    under_way = chosen.run.outcome in UNFINISHED
    st.fragment(_refresh, run_every=REFRESH_SECONDS if under_way else None)(chosen, metric, under_way)


def _refresh(chosen: ChosenRun, metric: Metric, was_under_way: bool) -> None:
    try:
        run = chosen.run
        if was_under_way != (run.outcome in UNFINISHED):
            st.rerun()
        above, below = st.container(), st.container()
        history = _under_way(chosen, run, above) if run.outcome in UNFINISHED else _ended(chosen, run, above)
        with below:
            _curves(run, history, metric)
            if run.outcome not in UNFINISHED:
                print_model(history)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _under_way(chosen: ChosenRun, run: Run, above: DeltaGenerator) -> History:
    live = chosen.live()
    with above:
        if live is None or live.state not in UNFINISHED:  # in the hands of another process, or about to be stored
            st.progress(0.0, "In training in another process; its curves grow here after each epoch.")
            return chosen.history()
        _progress(live)
        if isinstance(chosen, OwnRun):
            steer(run, live)
    return live.history


def _ended(chosen: ChosenRun, run: Run, above: DeltaGenerator) -> History:
    history = chosen.history()
    with above:
        say_outcome(run, history)
        if isinstance(chosen, OwnRun):
            go_on(run)
    return history


def _curves(run: Run, history: History, metric: Metric) -> None:
    """The curves of a run, with the lesson's figures where its recipe has some."""
    said = "no epoch is over yet"
    if history.epochs:
        last = history.epochs[-1]
        said = f"after epoch {last.epoch} the validation MSE is {last.valid_loss:.3f}, the RMSE {last.rmse:.3f} stars"
    figure = loss_curves(history, RECIPES[run.spec.config.recipe].lesson_valid_losses, metric)
    plot(figure, key="curves", alt=f"Training and validation loss by epoch; {said}.")


def _progress(live: LiveRun) -> None:
    if live.place is not None:
        ahead = f"{live.place - 1} ahead of it" if live.place > 1 else "it is next"
        st.progress(0.0, f"Waiting for a free worker: {ahead}.")
    elif live.history.started is None:
        st.progress(0.0, "Starting…")
    else:
        st.progress(min(live.history.progress().fraction, 1.0), _progress_line(live.history))


def _progress_line(history: History) -> str:
    assert history.started is not None
    progress = history.progress()
    epoch, batch = (history.batches[-1].epoch, history.batches[-1].batch) if history.batches else (1, 0)
    parts = [f"Epoch {epoch} of {history.started.n_epochs}"]
    if history.paused:
        parts.append(f"paused at batch {batch:,} of {history.started.n_batches:,}")
    elif progress.ratings_per_second is not None and progress.seconds_left is not None:
        parts += [f"{progress.ratings_per_second:,.0f} ratings a second", f"about {progress.seconds_left:.0f} s left"]
    return " · ".join(parts)
