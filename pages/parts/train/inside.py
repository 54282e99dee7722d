"""Beside the curves: the results so far, and what the model learns, in views that are chosen: the film of the movies or
of the biases, the numbers of each epoch, one prediction, the model, the code."""

from enum import StrEnum

import pandas as pd
import streamlit as st

from cf_core.errors import CFError
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from cf_core.training.history import History
from pages.parts.train.code import show_code
from pages.parts.train.film import Scene, advance, seconds_of_play, show_film
from pages.parts.train.model import show_model
from pages.parts.train.prediction import show_prediction
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown, show_error
from pages.shared.plot.figure_diff import SentState
from pages.shared.run.outcome import settings_line
from pages.shared.run.view import Beside
from pages.shared.table import data_table


class Key(StrEnum):
    """Session key of the open view."""

    VIEW = "train_view"


MOVING = ("Movies", "Biases", "Prediction")
"""The views with the timeline."""

VIEWS = (*MOVING, "Numbers", "Model", "Code")


def inside(run_view: RunView) -> Beside:
    """What stands beside the curves of a run."""
    run, scene, norms = run_view.run, Scene.of(run_view.run), SentState()

    def marked_epoch() -> int | None:
        return advance(run_view, scene) if st.session_state.get(Key.VIEW, MOVING[0]) in MOVING else None

    def show(history: History) -> None:
        _show_results(history)
        view = choice("View", VIEWS, key=Key.VIEW, format_func=session.words().told, label_visibility="collapsed")
        try:
            _show_view(view, history)
        except CFError as error:
            show_error(error)

    def _show_view(view: str, history: History) -> None:
        if view == "Prediction":
            show_prediction(run_view, run, history, scene)
        elif view in MOVING:
            show_film(run_view, run, scene, of_biases=view == "Biases")
        elif view == "Numbers":
            _show_numbers(run, history)
        elif view == "Model":
            show_model(run, history, norms)
        else:
            show_code(run, history)

    return Beside(show, marked_epoch, seconds_of_play)


def _show_results(history: History) -> None:
    """How well the run predicts the validation ratings by now."""
    last = history.epochs[-1] if history.epochs else None
    losses = {} if last is None else {"MSE": last.valid_loss, "RMSE": last.rmse, "MAE": last.mae}
    said = " · ".join(f"{name} **{losses[name]:.3f}**" if losses else f"{name} –" for name in ("MSE", "RMSE", "MAE"))
    st.markdown(f"Validation: {said}", help=session.words().told(_LOSSES))


_LOSSES = (
    "On the validation ratings, after the last whole epoch. MSE: mean squared error, in squared stars. "
    "RMSE: its root, in stars. MAE: how far off a prediction is on average, in stars."
)


def _show_numbers(run: Run, history: History) -> None:
    if history.epochs:
        columns = dict.fromkeys(("train MSE", "valid MSE", "RMSE", "MAE"), st.column_config.NumberColumn(format="%.4f"))
        columns["seconds"] = st.column_config.NumberColumn(format="%.2f")
        data_table(_table(history), column_config=columns, key="numbers", name="epochs")
    else:
        st.caption("No epoch is over yet; each will have its row here.")
    st.caption(escape_markdown(settings_line(run)))
    if run.note:
        st.caption(escape_markdown(run.note))


def _table(history: History) -> pd.DataFrame:
    """One row per epoch; MSE in squared stars, RMSE and MAE in stars."""
    return pd.DataFrame(
        {
            "epoch": [epoch.epoch for epoch in history.epochs],
            "train MSE": [epoch.train_loss for epoch in history.epochs],
            "valid MSE": [epoch.valid_loss for epoch in history.epochs],
            "RMSE": [epoch.rmse for epoch in history.epochs],
            "MAE": [epoch.mae for epoch in history.epochs],
            "rate": [f"{epoch.learning_rate:.3g}" for epoch in history.epochs],  # text: 6e-08 as it is, not 0.0000000
            "seconds": [epoch.seconds for epoch in history.epochs],
        }
    )
