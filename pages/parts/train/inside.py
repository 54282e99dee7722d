"""What there is to see inside a run, one view at a time: its numbers, and whatever else the Train page offers below the
curves. Nothing in here computes a view."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from cf_core.errors import CFError
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.history import History
from pages.parts.train.film import show_film
from pages.parts.train.model import show_model
from pages.parts.train.prediction import show_prediction
from pages.shared import refresh
from pages.shared.messages import say_error
from pages.shared.run.outcome import show_script
from pages.shared.run.view import FILM, INSIDE

SECONDS = 2.0
"""Between two refreshes of what changes once an epoch."""


def look_inside(chosen: RunView) -> None:
    """The choice of a view, and the view."""
    run = chosen.run
    views: dict[str, Callable[[], None]] = {
        "Numbers": lambda: _numbers(chosen, run),
        FILM: lambda: show_film(chosen, run, run.n_epochs_done),
        "Model": lambda: _model(chosen, run),
        "One prediction": lambda: show_prediction(chosen, run),
        "Code": lambda: show_script(run),
    }
    st.subheader("Look inside")
    name = st.segmented_control(
        "View", list(views), default="Numbers", required=True, key=INSIDE, label_visibility="collapsed"
    )
    views[name]()


def _model(chosen: RunView, run: Run) -> None:
    """The model, with its norms as far as the run has come."""
    every = max(SECONDS, 2 * refresh.refresh_seconds()) if run.outcome in UNFINISHED else None
    st.fragment(_with_history, run_every=every)(chosen, run, lambda history: show_model(run, history))


def _with_history(chosen: RunView, run: Run, show: Callable[[History], None]) -> None:
    """Show something of the run as it is now. A fragment runs without the frame around it."""
    try:
        live = chosen.live() if run.outcome in UNFINISHED else None
        show(chosen.history() if live is None else live.history)
    except CFError as error:
        say_error(error)


def _numbers(chosen: RunView, run: Run) -> None:
    """What the curves show, as a table that grows while the run is under way."""
    every = max(SECONDS, 2 * refresh.refresh_seconds()) if run.outcome in UNFINISHED else None
    st.fragment(_with_history, run_every=every)(chosen, run, _epochs)


def _epochs(history: History) -> None:
    if history.epochs:
        st.dataframe(_table(history), hide_index=True, key="numbers")
    else:
        st.caption("No epoch is over yet; each will have its row here.")


def _table(history: History) -> pd.DataFrame:
    """One row an epoch; MSE in squared stars, RMSE and MAE in stars."""
    return pd.DataFrame(
        {
            "epoch": [epoch.epoch for epoch in history.epochs],
            "train MSE": [round(epoch.train_loss, 4) for epoch in history.epochs],
            "valid MSE": [round(epoch.valid_loss, 4) for epoch in history.epochs],
            "RMSE": [round(epoch.rmse, 4) for epoch in history.epochs],
            "MAE": [round(epoch.mae, 4) for epoch in history.epochs],
            "rate": [f"{epoch.learning_rate:.3g}" for epoch in history.epochs],  # text: 6e-08 as it is, not 0.0000000
            "seconds": [round(epoch.seconds, 2) for epoch in history.epochs],
        }
    )
