"""For whom the page recommends: the student, folded in by a set of ratings, or a user of the data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.crosstab import busiest_users
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from cf_core.insight.fold_in import UserVector, fold_in
from cf_core.insight.user_of_data import UserOfData, user_of_data
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.run_views import RunView
from pages.parts.for_you import cached as page_cached
from pages.shared import address, cached
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
        n_steps: of Newton's method; None for a user of the data, whom training found.
        index: of a user of the data; None for anybody else.
    """

    name: str
    user: UserVector
    rated: NDArray[np.int64]
    stars: NDArray[np.float64]
    known: NDArray[np.int64]
    weight_decay: float
    n_steps: int | None = None
    index: int | None = None


def me(run_view: RunView, ratings: Ratings, rating_set: RatingSet | None) -> Person:
    """The owner of the set, folded in; somebody without a rating where there is no set. Movies that were never trained
    have no factors to learn from, and do not count."""
    side, decay = page_cached.item_side(run_view, ratings), page_cached.decay(run_view, ratings).weight_decay
    given = {} if rating_set is None else rating_set.stars
    items = ratings.items.index_of(list(given))
    counts = cached.factors(run_view, ratings).n_train_by_item[items] > 0
    stars = np.array(list(given.values()), dtype=np.float64)
    rated = items[counts]
    user = fold_in(side, rated, stars[counts], decay)
    name = "You" if rating_set is None or rating_set.name == "Me" else rating_set.name
    return Person(name, user, rated, stars[counts], items, decay, user.n_steps)


def somebody(run_view: RunView, ratings: Ratings, user: int) -> tuple[Person, UserOfData]:
    """The user of the data with that index, with the factors that training gave them; the reasons are their training
    ratings.

    Raises:
        MissingPartError: they have none.
    """
    factors, split = cached.factors(run_view, ratings), cached.split(ratings, run_view.run.spec.split)
    known = user_of_data(ratings, split, factors, page_cached.item_side(run_view, ratings), user)
    items, stars = known.training
    decay = page_cached.decay(run_view, ratings).weight_decay
    return Person(f"User {known.user_id}", known.vector, items, stars, items, decay, index=user), known


def next_movie(run_view: RunView, ratings: Ratings, rating_set: RatingSet | None, person: Person) -> int | None:
    """The index of the movie to ask the owner of the set about; None where all have been asked about."""
    skipped = [] if rating_set is None else ratings.items.index_of(rating_set.skipped).tolist()
    movies = page_cached.movies_to_rate(run_view, ratings)
    return movies.next(page_cached.item_side(run_view, ratings), person.rated, skipped, person.weight_decay)


def choose_user(ratings: Ratings) -> int:
    """The box that chooses a user of the data; their index. At first one with as many ratings as is usual. The address
    keeps the choice."""
    by_number = busiest_users(ratings, ratings.n_users)
    usual = ratings.users.ids.tolist()[int(by_number[len(by_number) // 2])]
    ids = sorted(ratings.users.ids.tolist())
    if st.session_state.get(Link.USER) not in set(ids):
        st.session_state[Link.USER] = _named_in_address(ratings, usual)
    user_id = st.selectbox("User", ids, key=Link.USER)
    address.keep(Link.USER, None if user_id == usual else str(user_id))
    return int(ratings.users.index_of([user_id])[0])


def _named_in_address(ratings: Ratings, default: Any) -> Any:
    """The raw id of the user that the address names; `default` if it names none, or one that is not in the data."""
    text = st.query_params.get(Link.USER)
    if text is None:
        return default
    try:
        return ratings.users.read(text)
    except UnknownIdError as error:
        show_error(error)
        return default
