"""One prediction of a run, written out with its numbers, for a user and a movie that the student chooses."""

from enum import StrEnum

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.run.prediction import prediction_steps
from cf_core.data.profile import rating_of
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.insight.prediction import PredictionBreakdown
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from pages.parts.train.cached import prediction as run_prediction
from pages.shared import cached, session
from pages.shared.messages import escape_markdown
from pages.shared.pickers import pick_user_and_movie
from pages.shared.plot import plot


class Key(StrEnum):
    """Session keys of the two boxes."""

    USER = "train_prediction_user"
    MOVIE = "train_prediction_movie"


def show_prediction(run_view: RunView, run: Run) -> None:
    """Two boxes, and how the model of the run computes its rating."""
    if run.unfinished or not run.has_checkpoint:
        st.caption("A prediction can be taken apart when the run has ended with weights to look at.")
        return
    ratings = session.ratings()
    user, item = _choose(ratings)
    prediction = run_prediction(run_view, ratings, user, item)
    _show_beside_rating(ratings, cached.split(ratings, run.spec.split), prediction, user, item)
    parts = ", ".join(f"{name} {value:+.3f}" for name, value in prediction.parts.items())
    plot(prediction_steps(prediction), key="prediction", alt=f"The parts of the prediction: {parts}.")
    st.button("Another rating at random", key="draw_rating", icon=":material/casino:", on_click=_draw, args=(ratings,))
    _show_formula(prediction)
    _show_products(prediction, run.spec.config.model.kind == "net")


def _choose(ratings: Ratings) -> tuple[int, int]:
    """The indices of the user and the movie; at first, of a rating drawn at random."""
    if Key.USER not in st.session_state or Key.MOVIE not in st.session_state:
        _draw(ratings)
    indices = pick_user_and_movie(ratings, Key.USER, Key.MOVIE)
    return indices


def _draw(ratings: Ratings) -> None:
    row = np.random.default_rng().integers(len(ratings.rating))
    st.session_state[Key.USER] = ratings.users.ids[ratings.user_idx[row]]
    st.session_state[Key.MOVIE] = ratings.items.ids[ratings.item_idx[row]]


def _show_beside_rating(ratings: Ratings, split: Split, prediction: PredictionBreakdown, user: int, item: int) -> None:
    """The prediction beside the rating, and whether the model was trained on it."""
    known, predicted = rating_of(ratings, user, item), f"Predicted: {prediction.rating:.2f} stars."
    if known is None:
        st.markdown(f"**{predicted}** This user has not rated this movie.")
        return
    (row,) = np.flatnonzero((ratings.user_idx == user) & (ratings.item_idx == item))
    in_training = row in split.train_rows
    part = "The model was trained on this rating." if in_training else "This rating is one of those for validation."
    error = prediction.rating - known[0]
    text = f"Given: {known[0]:g}; the error is {error:+.2f} stars. {part}"
    st.markdown(f"**{predicted}** {escape_markdown(text)}")


def _show_formula(prediction: PredictionBreakdown) -> None:
    numbers = " ".join(f"{value:+.3f}" for value in prediction.parts.values()).removeprefix("+")
    st.latex(rf"x = {numbers} = {prediction.sum:.3f}")
    if prediction.low is not None and prediction.high is not None:
        width = prediction.high - prediction.low
        st.latex(rf"\hat y = {prediction.low:g} + {width:g}\cdot\sigma({prediction.sum:.3f}) = {prediction.rating:.3f}")
    else:
        st.latex(rf"\hat y = x = {prediction.rating:.3f}")


def _show_products(prediction: PredictionBreakdown, is_net: bool) -> None:
    """Factor by factor, or hidden unit by hidden unit, the largest first."""
    columns = ["input", "after ReLU", "times its weight"] if is_net else ["user", "movie", "product"]
    table = pd.DataFrame(prediction.products.round(4), columns=columns)
    table.insert(0, "hidden unit" if is_net else "factor", np.arange(1, len(table) + 1))
    order = np.argsort(-np.abs(prediction.products[:, 2]), kind="stable")
    st.dataframe(table.iloc[order], hide_index=True, key="products", height=240)
