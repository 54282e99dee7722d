"""In which order the movies are recommended: by the run's prediction or its interests, or by a rival that knows no
stars."""

from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.evaluation.for_one import ease_scores, list_by
from cf_core.insight.fold_in import predict_all
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.parts.for_you import cached
from pages.parts.for_you.keys import Key
from pages.shared.interests import interests_of, ranks_by_interests
from pages.shared.people import Person, item_side
from pages.shared.ranked_lists import candidates

Order = Literal["interests", "prediction", "popular", "ease"]
NAMES: dict[Order, str] = {
    "interests": "By interests",
    "prediction": "By prediction",
    "popular": "Most popular",
    "ease": "EASE (rival)",
}
OF_INTERESTS = (
    "**By interests**: the likeliest to be picked, by a second row of numbers that the run has for each user, and "
    "finds for you in what you rate. "
)
OF_ALL = (
    "**By prediction**: the highest predicted {unit}. **Most popular**: the most training ratings, the same for "
    "everybody. **EASE**: an item-item model in closed form (Steck 2019), which learns from who rated what and "
    "never sees the {unit}. {Items} without a training rating are in no list."
)


def what_they_are(run_view: RunView, words: Words) -> str:
    """The orders that there are for the run, explained."""
    of_all = OF_ALL.format(unit=words.unit, Items=words.capital.items)
    return OF_INTERESTS + of_all if ranks_by_interests(run_view) else of_all


def choose_order(run_view: RunView) -> Order:
    """The box that chooses the order, at first the run's own."""
    has_interests = ranks_by_interests(run_view)
    order: Order = st.selectbox(
        "Order",
        [name for name in NAMES if has_interests or name != "interests"],
        key=Key.ORDER_WITH_INTERESTS if has_interests else Key.ORDER,
        format_func=NAMES.__getitem__,
        label_visibility="collapsed",
        width=160,
        persist_state="session",
    )
    return order


def ordered(run_view: RunView, ratings: Ratings, person: Person, order: Order, n: int) -> pd.DataFrame:
    """The first `n` movies for the person: rank, item_idx, item_id, title, score, n_ratings, predicted (stars). The
    score is the predicted stars, the interest, the number of training ratings, or that of EASE.

    Raises:
        MissingPartError: the run's interests are not stored.
        TooCostlyError: the data are too large for EASE.
    """
    config = run_view.run.spec.split
    known = candidates(ratings, config)
    predicted = predict_all(item_side(run_view, ratings), person.user)
    scores: NDArray[np.generic] = predicted
    if order == "popular":
        scores = known.n_train_by_item
    elif order == "ease":
        scores = ease_scores(cached.ease(ratings, config), person.rated)
    elif order == "interests":
        scores = interests_of(run_view, ratings, person)
    movies = list_by(ratings, known, scores, person.known, n)
    return movies.assign(predicted=predicted[movies["item_idx"]])
