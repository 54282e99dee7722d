"""A run as a page shows it, from its place in the queue to its outcome: state and controls above, curves below.

All of it is one fragment, so that the plot stays the same plot when the run ends. Nothing in here trains.
"""

import time
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cf_core.charts.run.curves import Metric, loss_curves
from cf_core.charts.style import thin
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.errors import CFError
from cf_core.insight.baselines import Baseline
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.runs.workers.jobs import LiveRun
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from cf_core.training.schedules import preview
from pages.shared import cached, refresh, server, session
from pages.shared.messages import say_error
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import Drawing, Sent
from pages.shared.run.controls import go_on, steer
from pages.shared.run.guess import show_answers
from pages.shared.run.outcome import say_outcome

INSIDE, FILM = "inside", "Film"
"""Key in the session of the view that is open below the curves, and the name of one of them."""

FILM_EPOCH, FILM_PLAYING = "film_epoch", "film_playing"
"""Keys in the session: the epoch that the film of the run shows, which the curves mark, and whether the film plays."""

PLAY_SECONDS = 0.5
"""The film shows an epoch so long."""

N_PLANNED = 200
"""Points of the plan of the learning rate that are drawn."""


@dataclass(frozen=True)
class View:
    """How one page looks at a run: `metric` and `smoothing` of the curves, the seconds between two refreshes (None for
    a run that has ended, unless its film plays), and what the browser has of the plot."""

    metric: Metric
    smoothing: float
    every: float | None
    sent: Sent = field(default_factory=Sent)


def show_run(chosen: RunView, metric: Metric = "mse", smoothing: float = 0.0) -> None:
    """The run, refreshed while it is under way. When it ends or goes on, the whole page runs once more.

    Args:
        metric: of the curves.
        smoothing: strength of the training loss's average, from 0 (none) to below 1.
    """
    run = chosen.run
    every = PLAY_SECONDS if st.session_state.get(FILM_PLAYING) else None
    if run.outcome in UNFINISHED:
        every = refresh.refresh_seconds()
    st.fragment(_refresh, run_every=every)(chosen, run, View(metric, smoothing, every))


def show_goal(config: TrainingConfig, n_batches: int) -> None:
    """Before any run: what the lesson reached by the epochs of its recipe, and what others reach. The curves of the run
    will grow in this very plot. `n_batches` is how many an epoch has."""
    rail, rates = cached.baselines(session.ratings(), SplitConfig()), preview(config, n_batches)
    plan = rates.iloc[thin(len(rates), N_PLANNED)]
    figure = loss_curves(History(), RECIPES[config.recipe].lesson_valid_losses, "mse", rail, plan=plan)
    goals = "; ".join(f"{baseline.name}: {baseline.valid_loss:.3f}" for baseline in rail)
    plot(
        figure,
        key="curves",
        alt=f"Empty axes for training and validation loss. What to beat, as validation MSE: {goals}.",
    )


def _refresh(chosen: RunView, run: Run, view: View) -> None:
    """What the page shows of `run`, which is as the store knew it when the page ran."""
    try:
        live = chosen.live()
        above, below = st.container(), st.container()
        if live is not None and live.state in UNFINISHED:
            history = live.history
            with above:
                _under_way(chosen, run, live, view)
        else:
            history = _at_rest(chosen, run, above)
        with below:
            _curves(run, history, view)
    except CFError as error:  # a fragment runs without the frame around it
        say_error(error)


def _under_way(chosen: RunView, run: Run, live: LiveRun, view: View) -> None:
    if view.every is None or (view.sent.begun and refresh.is_off(view.every, refresh.refresh_seconds())):
        st.rerun()
    _progress(live)
    if isinstance(chosen, OwnRun):
        steer(run, live)


def _at_rest(chosen: RunView, run: Run, above: DeltaGenerator) -> History:
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
                show_answers(run, history)
                go_on(run)
    return history


def _curves(run: Run, history: History, view: View) -> None:
    """The curves of a run, with the lesson's figures where its recipe has some, and what others reach."""
    stands = history.paused or history.ended is not None or view.every is None
    now = len(history.events()) if stands else int(time.monotonic() / (view.every or 1))
    shown = st.session_state.get(FILM_EPOCH) if st.session_state.get(INSIDE) == FILM else None
    look = view.metric, view.smoothing, shown
    drawing, alt = _drawing(run.run_id, run.spec.config.n_epochs, look, history.paused, now, run, history)
    plot(drawing, key="curves", alt=alt, sent=view.sent)


@st.cache_resource(max_entries=16, show_spinner=False)  # of the moment; more would burden the garbage collector
def _drawing(
    run_id: str,
    n_epochs: int,
    look: tuple[Metric, float, int | None],
    paused: bool,
    now: int,
    _run: Run,
    _history: History,
) -> tuple[Drawing, str]:
    """The figure and what it says, made once a refresh for all who watch the run: a class that watches one run costs
    little more than a single student."""
    said = "no epoch is over yet"
    if _history.epochs:
        last = _history.epochs[-1]
        said = f"after epoch {last.epoch} the validation MSE is {last.valid_loss:.3f}, the RMSE {last.rmse:.3f} stars"
    rail = _rail(_run) if _history.started else []
    others = "".join(f"; {baseline.name}: {baseline.valid_loss:.3f}" for baseline in rail)
    config, (metric, smoothing, epoch) = _run.spec.config, look
    plan = None if _history.started is None else _plan(run_id, n_epochs, _history.started.n_batches, config)
    figure = loss_curves(
        _history, RECIPES[config.recipe].lesson_valid_losses, metric, rail, smoothing, plan=plan, epoch=epoch
    )
    drawing = Drawing.of(figure)
    server.freeze_gc("curves")
    return drawing, f"Training and validation loss by epoch; {said}{others}."


@st.cache_resource(max_entries=64, show_spinner=False)
def _plan(run_id: str, n_epochs: int, n_batches: int, _config: TrainingConfig) -> pd.DataFrame:
    """The learning rates that the run means to take, thinned."""
    rates = preview(_config, n_batches)
    return rates.iloc[thin(len(rates), N_PLANNED)]


def _rail(run: Run) -> list[Baseline]:
    """What others reach on the data and split of the run; nothing where the chosen data are not the run's."""
    ratings = session.ratings()
    unread = not run.fingerprint and run.spec.data == session.data_folder()
    return cached.baselines(ratings, run.spec.split) if unread or run.fingerprint == ratings.fingerprint else []


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
