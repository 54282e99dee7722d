"""Small pieces that several pages show: an error in words, a run in training, the offer to train one."""

import re

import streamlit as st

from cf_core.charts.curves import Metric, loss_curves
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.commands import Stop
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES
from pages.shared import loaders, session
from pages.shared.plot import plot

REFRESH_SECONDS = 0.5


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to format."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)


def say_error(error: CFError) -> None:
    """An error in its own words."""
    st.error(plain(str(error)), icon=":material/error:")


def need_factors(about: Ratings) -> FittedFactors:
    """The factors of the chosen run. Where there are none, the page ends here, with the run's progress or the offer to
    train one on the spot."""
    run = session.chosen_run()
    if run is None:
        st.info("This page reads a trained model, and you have none yet.", icon=":material/model_training:")
        offer_training("notebook-learner")
        st.stop()
    if run.outcome in UNFINISHED:
        run_in_training(run)
        st.stop()
    if not run.has_factors:
        st.warning(plain(f"The chosen run has no weights to look at: it {run.outcome}. {run.message}"))
        offer_training("notebook-learner")
        st.stop()
    return loaders.factors(run.run_id, about)


def offer_training(recipe: str) -> None:
    """One button that trains a recipe; the page comes back with the result."""
    st.button(
        f"Train {recipe} now",
        key="offer",
        type="primary",
        help="The lesson's own best model; a few seconds.",
        on_click=session.start_run,
        args=(RECIPES[recipe].config,),
    )


def run_in_training(run: Run, metric: Metric = "mse") -> None:
    """Progress and live curves of a run under way. When it ends, the whole page runs again."""
    st.fragment(_live, run_every=REFRESH_SECONDS)(run, metric)


def _live(run: Run, metric: Metric) -> None:
    live = loaders.runs().live(run.run_id)
    if live is None or live.state not in UNFINISHED:
        st.rerun()
    if live.place is not None:
        ahead = f"{live.place - 1} ahead of it" if live.place > 1 else "it is next"
        st.progress(0.0, f"Waiting for a free worker: {ahead}.")
    elif live.history.started is None:
        st.progress(0.0, "Starting…")
    else:
        st.progress(min(live.history.progress().fraction, 1.0), _progress_line(live.history))
    st.button("Stop", key="stop", icon=":material/stop:", on_click=loaders.runs().send, args=(run.run_id, Stop()))
    show_curves(run, live.history, metric)


def _progress_line(history: History) -> str:
    assert history.started is not None
    progress = history.progress()
    epoch = history.batches[-1].epoch if history.batches else 1
    parts = [f"Epoch {epoch} of {history.started.n_epochs}"]
    if progress.ratings_per_second is not None and progress.seconds_left is not None:
        parts += [f"{progress.ratings_per_second:,.0f} ratings a second", f"about {progress.seconds_left:.0f} s left"]
    return " · ".join(parts)


def show_curves(run: Run, history: History, metric: Metric) -> None:
    """The curves of a run, with the lesson's figures where its recipe has some."""
    said = "no epoch is over yet"
    if history.epochs:
        last = history.epochs[-1]
        said = f"after epoch {last.epoch} the validation MSE is {last.valid_loss:.3f}, the RMSE {last.rmse:.3f} stars"
    figure = loss_curves(history, RECIPES[run.spec.config.recipe].lesson_valid_losses, metric)
    plot(figure, key="curves", alt=f"Training and validation loss by epoch; {said}.")
