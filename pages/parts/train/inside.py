"""The views below the curves: the numbers of each epoch, the film, the model, one prediction, the code."""

from collections.abc import Callable
from enum import StrEnum

import pandas as pd
import streamlit as st

from cf_core.runs.run_views import RunView
from cf_core.training.history import History
from pages.parts.train.code import show_script
from pages.parts.train.film import PLAY_SECONDS, is_playing, show_film, shown_epoch
from pages.parts.train.model import show_model
from pages.parts.train.prediction import show_prediction
from pages.shared.choice import choice
from pages.shared.refresh import interval, live


class Key(StrEnum):
    """Session key of the open view."""

    VIEW = "train_view"


FILM = "Film"

SECONDS = 2.0
"""At least so long between two refreshes of what changes once per epoch."""


def show_views(run_view: RunView) -> None:
    """The choice of a view, and the view."""
    run = run_view.run
    views: dict[str, Callable[[], None]] = {
        "Numbers": lambda: _show_now(run_view, run.unfinished, _show_numbers),
        FILM: lambda: show_film(run_view, run),
        "Model": lambda: _show_now(run_view, run.unfinished, lambda history: show_model(run, history)),
        "One prediction": lambda: show_prediction(run_view, run),
        "Code": lambda: show_script(run),
    }
    st.subheader("Look inside")
    views[choice("View", list(views), key=Key.VIEW, label_visibility="collapsed")]()


def marked_epoch() -> int | None:
    """The epoch that the open film shows, to be marked on the curves; None where it is the latest, or no film is
    open."""
    return shown_epoch() if st.session_state.get(Key.VIEW) == FILM else None


def seconds_of_play() -> float | None:
    """How long each marked epoch stays, while the film plays; None where it does not."""
    return PLAY_SECONDS if is_playing() else None


def _show_now(run_view: RunView, under_way: bool, show: Callable[[History], None]) -> None:
    """Show something of the run as far as it has come, refreshed while it is under way."""
    live(lambda: show(run_view.history_now()), every=interval(under_way, at_least=SECONDS, times=2))


def _show_numbers(history: History) -> None:
    if history.epochs:
        st.dataframe(_table(history), hide_index=True, key="numbers")
    else:
        st.caption("No epoch is over yet; each will have its row here.")


def _table(history: History) -> pd.DataFrame:
    """One row per epoch; MSE in squared stars, RMSE and MAE in stars."""
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
