"""For whom the page recommends: the student, folded in by a set of ratings, or a user of the data."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.crosstab import busiest_users
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from cf_core.insight.fold_in import FoldedUser, fold_in
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.run_views import RunView
from pages.parts.for_you import cached
from pages.shared import address
from pages.shared.for_you_link import Key as Link
from pages.shared.messages import show_error


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody to recommend movies to.

    Attributes:
        name: to begin a sentence with: "You", "My father", "User 15".
        user: the factors and the bias.
        rated: (n,) indices of the movies whose ratings these come from, in the order in which they were rated.
        stars: (n,) the ratings.
        known: indices of all movies that are not recommended, because the person has rated them or knows them.
        weight_decay: the λ by which the person was, or would be, folded in.
        index: of a user of the data; None for anybody else.
    """

    name: str
    user: FoldedUser
    rated: NDArray[np.int64]
    stars: NDArray[np.float64]
    known: NDArray[np.int64]
    weight_decay: float
    index: int | None = None


def me(run_view: RunView, ratings: Ratings, rating_set: RatingSet | None) -> Person:
    """The owner of the set, folded in; somebody without a rating where there is no set. Movies that were never trained
    have no factors to learn from, and do not count."""
    side, decay = cached.item_side(run_view, ratings), cached.decay(run_view, ratings).weight_decay
    given = {} if rating_set is None else rating_set.stars
    items = ratings.items.index_of(list(given))
    counts = cached.factors(run_view, ratings).n_train_by_item[items] > 0
    stars = np.array(list(given.values()), dtype=np.float64)
    rated = items[counts]
    user = fold_in(side, rated, stars[counts], decay)
    name = "You" if rating_set is None or rating_set.name == "Me" else rating_set.name
    return Person(name, user, rated, stars[counts], items, decay)


def user_of_data(run_view: RunView, ratings: Ratings, user: int) -> Person:
    """The user with that index, with the factors that training gave them; their training ratings are the reasons."""
    raise NotImplementedError


def choose_user(ratings: Ratings) -> int:
    """The box that chooses a user of the data, at first the busiest; their index. The address keeps the choice."""
    busiest = ratings.users.ids.tolist()[int(busiest_users(ratings, 1)[0])]
    ids = sorted(ratings.users.ids.tolist())
    if st.session_state.get(Link.USER) not in set(ids):
        st.session_state[Link.USER] = _named_in_address(ratings) or busiest
    user_id = st.selectbox("User", ids, key=Link.USER, persist_state="session")
    address.keep(Link.USER, None if user_id == busiest else str(user_id))
    return int(ratings.users.index_of([user_id])[0])
