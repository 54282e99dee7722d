"""One prediction of a run, for a user and a movie that the student chooses: how it moves while the model learns, and
afterwards how the model makes it, with its numbers."""

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.run.prediction import prediction_path, prediction_steps
from cf_core.data.profile import rating_of
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.insight.prediction import PredictionBreakdown
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from cf_core.training.commands import Watch
from cf_core.training.history import History, Watched
from pages.parts.train.cached import prediction as run_prediction
from pages.parts.train.film import Scene, shown_epoch, timeline
from pages.shared import cached, session
from pages.shared.messages import escape_markdown
from pages.shared.pickers import pick_user_and_movie
from pages.shared.plot import plot
from pages.shared.table import data_table


class Key(StrEnum):
    """Session keys of the two boxes, of what was in them last, and of what a run was last told to report."""

    USER = "train_prediction_user"
    MOVIE = "train_prediction_movie"
    CHOSEN = "train_prediction_chosen"
    WATCHED = "train_prediction_watched"


def watch_chosen(run_id: str) -> None:
    """Have a run of this workspace report the prediction for the user and the movie chosen last, at first for a rating
    drawn at random."""
    ratings = session.ratings()
    _fill_boxes(ratings)
    user = int(ratings.users.index_of([st.session_state[Key.USER]])[0])
    item = int(ratings.items.index_of([st.session_state[Key.MOVIE]])[0])
    _watch(run_id, user, item)


def _watch(run_id: str, user: int, item: int) -> None:
    st.session_state[Key.WATCHED] = run_id, user, item
    session.workspace().send(run_id, Watch(user, item))


def show_prediction(run_view: RunView, run: Run, history: History, scene: Scene) -> None:
    """Two boxes, the way of the prediction for them through the training, and how the model of an ended run makes it.

    Args:
        run: that of `run_view`, as it was when the page ran.
    """
    ratings = session.ratings()
    _fill_boxes(ratings)
    user, item = pick_user_and_movie(ratings, Key.USER, Key.MOVIE)
    st.session_state[Key.CHOSEN] = st.session_state[Key.USER], st.session_state[Key.MOVIE]
    under_way = run.unfinished and isinstance(run_view, OwnRun)
    if under_way and st.session_state.get(Key.WATCHED) != (run.run_id, user, item):
        _watch(run.run_id, user, item)
    _show_path(run_view, run, history, scene, user, item)
    if not run.unfinished and run.has_checkpoint:
        _show_parts(run_view, run, ratings, user, item)


def _show_path(run_view: RunView, run: Run, history: History, scene: Scene, user: int, item: int) -> None:
    """The prediction at each report of the training, as the timeline shows it."""
    ratings, watched = session.ratings(), history.watched
    if watched is None or (watched.user_idx, watched.item_idx) != (user, item) or not watched.points:
        _show_why_no_path(run, watched)
        return
    epochs = run_view.snapshot_epochs()
    if epochs:
        timeline(epochs, run.unfinished)
    given = rating_of(ratings, user, item)
    n_epochs = run.spec.config.n_epochs
    figure = prediction_path(
        watched.points, given and given[0], ratings.rating_range, n_epochs, shown_epoch(), ratings.words
    )
    first, last = watched.points[0][1], watched.points[-1][1]
    alt = f"The prediction goes from {first:.2f} to {last:.2f} {ratings.words.unit}."
    plot(figure, key="prediction_path", alt=alt, sent=scene.sent["path"])


def _show_why_no_path(run: Run, watched: Watched | None) -> None:
    if run.unfinished:
        st.caption("The prediction is reported from the next batch on.")
    elif watched is None:
        told = session.words().told
        st.caption(told("Choose a user and a movie, then train: the prediction moves here while the model learns."))
    else:
        st.caption("This run followed another prediction; train again to follow this one.")
        ratings = session.ratings()
        pair = ratings.users.ids[watched.user_idx], ratings.items.ids[watched.item_idx]
        st.button("Show the one it followed", key="watched_pair", type="tertiary", on_click=_fill, args=pair)


def _show_parts(run_view: RunView, run: Run, ratings: Ratings, user: int, item: int) -> None:
    """How the model at the end of the run computes the rating."""
    prediction = run_prediction(run_view, ratings, user, item)
    _show_beside_rating(ratings, cached.split(ratings, run.spec.split), prediction, user, item)
    parts = ", ".join(f"{ratings.words.told(name)} {value:+.3f}" for name, value in prediction.parts.items())
    plot(prediction_steps(prediction, ratings.words), key="prediction", alt=f"The parts of the prediction: {parts}.")
    st.button("Another rating at random", key="draw_rating", icon=":material/casino:", on_click=_draw, args=(ratings,))
    _show_formula(prediction)
    _show_products(prediction, run.spec.config.model.kind == "net")


def _fill_boxes(ratings: Ratings) -> None:
    """What the boxes had last; at first a rating drawn at random."""
    chosen = st.session_state.get(Key.CHOSEN)
    if Key.USER in st.session_state and Key.MOVIE in st.session_state:
        return
    if chosen is not None and chosen[0] in ratings.users.ids and chosen[1] in ratings.items.ids:
        _fill(*chosen)
    else:
        _draw(ratings)


def _fill(user_id: Any, movie_id: Any) -> None:
    st.session_state[Key.USER], st.session_state[Key.MOVIE] = user_id, movie_id


def _draw(ratings: Ratings) -> None:
    row = np.random.default_rng().integers(len(ratings.rating))
    _fill(ratings.users.ids[ratings.user_idx[row]], ratings.items.ids[ratings.item_idx[row]])


def _show_beside_rating(ratings: Ratings, split: Split, prediction: PredictionBreakdown, user: int, item: int) -> None:
    """The prediction beside the rating, and whether the model was trained on it."""
    words = ratings.words
    known, predicted = rating_of(ratings, user, item), f"Predicted: {prediction.rating:.2f} {words.unit}."
    if known is None:
        st.markdown(f"**{predicted}** This user has not rated this {words.item}.")
        return
    (row,) = np.flatnonzero((ratings.user_idx == user) & (ratings.item_idx == item))
    in_training = row in split.train_rows
    part = "The model was trained on this rating." if in_training else "This rating is one of those for validation."
    error = prediction.rating - known[0]
    text = f"Given: {known[0]:g}; the error is {error:+.2f} {words.unit}. {part}"
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
    columns = ["input", "after ReLU", "times its weight"] if is_net else ["user", session.words().item, "product"]
    table = pd.DataFrame(prediction.products, columns=columns)
    table.insert(0, "hidden unit" if is_net else "factor", np.arange(1, len(table) + 1))
    order = np.argsort(-np.abs(prediction.products[:, 2]), kind="stable")
    numbers = dict.fromkeys(columns, st.column_config.NumberColumn(format="%.4f"))
    data_table(table.iloc[order], column_config=numbers, key="products", height=240)
