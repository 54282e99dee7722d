"""One prediction of a run, written out with its numbers, for a user and a movie of one's choice."""

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.run.prediction import prediction_steps
from cf_core.data.profile import rating_of
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.insight.prediction import Prediction
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import UNFINISHED, Run
from pages.parts.train.cached import prediction as run_prediction
from pages.shared import cached, session
from pages.shared.messages import plain
from pages.shared.plot import plot

USER, MOVIE = "prediction_user", "prediction_movie"


def show_prediction(chosen: RunView, run: Run) -> None:
    """Two boxes, and how the model of the run comes to its rating."""
    if run.outcome in UNFINISHED or not run.has_checkpoint:
        st.caption("A prediction can be taken apart when the run has ended with weights to look at.")
        return
    ratings = session.ratings()
    user, item = _choose(ratings)
    prediction = run_prediction(chosen, ratings, user, item)
    split = cached.split(ratings.fingerprint, run.spec.split, ratings)
    _say(ratings, split, prediction, user, item)
    said = ", ".join(f"{name} {value:+.3f}" for name, value in prediction.parts.items())
    plot(prediction_steps(prediction), key="prediction", alt=f"The parts of the prediction: {said}.")
    _formula(prediction)
    _products(prediction, run.spec.config.model.kind == "net")


def _choose(ratings: Ratings) -> tuple[int, int]:
    """The indices of the user and the movie; at first, of a rating drawn at random."""
    if USER not in st.session_state or MOVIE not in st.session_state:
        _draw(ratings)
    titles = dict(zip(ratings.items.ids.tolist(), ratings.item_table["title"], strict=True))
    left, right = st.columns(2)
    user_id = left.selectbox("User", sorted(ratings.users.ids.tolist()), key=USER)
    item_id = right.selectbox(
        "Movie", sorted(titles, key=titles.__getitem__), key=MOVIE, format_func=titles.__getitem__
    )
    st.button("Another rating at random", key="draw_rating", icon=":material/casino:", on_click=_draw, args=(ratings,))
    return int(ratings.users.index_of([user_id])[0]), int(ratings.items.index_of([item_id])[0])


def _draw(ratings: Ratings) -> None:
    row = np.random.default_rng().integers(len(ratings.rating))
    st.session_state[USER] = ratings.users.ids[ratings.user_idx[row]]
    st.session_state[MOVIE] = ratings.items.ids[ratings.item_idx[row]]


def _say(ratings: Ratings, split: Split, prediction: Prediction, user: int, item: int) -> None:
    """The prediction beside the rating, and whether the model has seen it."""
    known, said = rating_of(ratings, user, item), f"Predicted: {prediction.rating:.2f} stars."
    if known is None:
        st.info(f"{said} This user has not rated this movie.", icon=":material/help:")
        return
    (row,) = np.flatnonzero((ratings.user_idx == user) & (ratings.item_idx == item))
    seen = "The model was trained on this rating." if row in split.train_rows else "This rating was held out."
    error = prediction.rating - known[0]
    st.success(plain(f"{said} Given: {known[0]:g}; the error is {error:+.2f} stars. {seen}"), icon=":material/star:")


def _formula(prediction: Prediction) -> None:
    numbers = " ".join(f"{value:+.3f}" for value in prediction.parts.values()).removeprefix("+")
    st.latex(rf"x = {numbers} = {prediction.sum:.3f}")
    if prediction.low is not None and prediction.high is not None:
        width = prediction.high - prediction.low
        st.latex(rf"\hat y = {prediction.low:g} + {width:g}\cdot\sigma({prediction.sum:.3f}) = {prediction.rating:.3f}")
    else:
        st.latex(rf"\hat y = x = {prediction.rating:.3f}")


def _products(prediction: Prediction, is_net: bool) -> None:
    """Factor by factor, or hidden unit by hidden unit, the largest first."""
    columns = ["taken in", "let through", "times its weight"] if is_net else ["user", "movie", "product"]
    table = pd.DataFrame(prediction.products.round(4), columns=columns)
    table.insert(0, "hidden unit" if is_net else "factor", np.arange(1, len(table) + 1))
    order = np.argsort(-np.abs(prediction.products[:, 2]), kind="stable")
    st.dataframe(table.iloc[order], hide_index=True, key="products", height=240)
