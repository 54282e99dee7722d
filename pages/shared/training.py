"""A run as a page shows it, from its place in the queue to its outcome: state and controls above, curves below.

All of it is one fragment, so that the plot stays the same plot when the run ends. Nothing in here trains.
"""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cf_core.charts.curves import Metric, loss_curves
from cf_core.errors import CFError
from cf_core.insight.baselines import Baseline
from cf_core.runs.jobs import LiveRun
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared import loaders, session
from pages.shared.outcome import print_model, say_outcome, show_script
from pages.shared.plot import Drawing, plot
from pages.shared.session import ChosenRun, OwnRun
from pages.shared.steering import go_on, steer
from pages.shared.words import say_error

REFRESH_SECONDS = 1.25


def show_run(chosen: ChosenRun, metric: Metric = "mse") -> None:
    """The run, refreshed while it is under way. When it ends or goes on, the whole page runs once more."""
    run = chosen.run
    refresh = REFRESH_SECONDS if run.outcome in UNFINISHED else None
    st.fragment(_refresh, run_every=refresh)(chosen, run, metric)


def _refresh(chosen: ChosenRun, run: Run, metric: Metric) -> None:
    """What the page shows of `run`, which is as the store knew it when the page ran."""
    try:
        live = chosen.live()
        above, below = st.container(), st.container()
        if live is not None and live.state in UNFINISHED:
            history = live.history
            with above:
                _under_way(chosen, run, live)
        else:
            history = _at_rest(chosen, run, above)
        with below:
            _curves(run, history, metric)
            if run.outcome not in UNFINISHED:
                print_model(history)
                show_script(run)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _under_way(chosen: ChosenRun, run: Run, live: LiveRun) -> None:
    if run.outcome not in UNFINISHED:
        st.rerun()
    _progress(live)
    if isinstance(chosen, OwnRun):
        steer(run, live)


def _at_rest(chosen: ChosenRun, run: Run, above: DeltaGenerator) -> History:
    """A run that has ended, or is in the hands of another process, or is about to be stored."""
    now, history = chosen.run, chosen.history()
    if now.outcome != run.outcome:
        st.rerun()
    with above:
        if run.outcome in UNFINISHED:
            st.progress(0.0, "In training in another process; its curves grow here after each epoch.")
        else:
            say_outcome(run, history)
            if isinstance(chosen, OwnRun):
                go_on(run)
    return history


def _curves(run: Run, history: History, metric: Metric) -> None:
    """The curves of a run, with the lesson's figures where its recipe has some, and what others reach."""
    stands = history.paused or history.ended is not None
    now = len(history.events()) if stands else int(time.monotonic() / REFRESH_SECONDS)
    drawing, alt = _drawing(run.run_id, run.spec.config.n_epochs, metric, history.paused, now, run, history)
    plot(drawing, key="curves", alt=alt)


@st.cache_resource(max_entries=256, show_spinner=False)
def _drawing(
    run_id: str, n_epochs: int, metric: Metric, paused: bool, now: int, _run: Run, _history: History
) -> tuple[Drawing, str]:
    """The figure and what it says, made once a refresh for all who watch the run: a class that watches one run costs
    little more than a single student."""
    said = "no epoch is over yet"
    if _history.epochs:
        last = _history.epochs[-1]
        said = f"after epoch {last.epoch} the validation MSE is {last.valid_loss:.3f}, the RMSE {last.rmse:.3f} stars"
    rail = _rail(_run) if _history.started else []
    others = "".join(f"; {baseline.name}: {baseline.valid_loss:.3f}" for baseline in rail)
    figure = loss_curves(_history, RECIPES[_run.spec.config.recipe].lesson_valid_losses, metric, rail)
    drawing = Drawing.of(figure)
    loaders.settle("curves")
    return drawing, f"Training and validation loss by epoch; {said}{others}."


def _rail(run: Run) -> list[Baseline]:
    """What others reach on the data and split of the run; nothing where the chosen data are not the run's."""
    ratings = session.ratings()
    unread = not run.fingerprint and run.spec.data == session.data_folder()
    return loaders.rail(ratings, run.spec.split) if unread or run.fingerprint == ratings.fingerprint else []


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
