"""The user of the data for whom the page recommends, and the movie to ask the student about next."""

from typing import Any

import streamlit as st

from cf_core.data.crosstab import busiest_users
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from cf_core.runs.rating_set import RatingSet
from cf_core.runs.run_views import RunView
from pages.parts.for_you import cached as page_cached
from pages.shared import address
from pages.shared.for_you_link import Key as Link
from pages.shared.messages import show_error
from pages.shared.people import Person, item_side
from pages.shared.pickers import id_box


def next_movie(run_view: RunView, ratings: Ratings, rating_set: RatingSet | None, person: Person) -> int | None:
    """The index of the movie to ask the owner of the set about; None where all have been asked about."""
    skipped = [] if rating_set is None else ratings.items.index_of(rating_set.skipped).tolist()
    movies = page_cached.movies_to_rate(run_view, ratings)
    return movies.next(item_side(run_view, ratings), person.rated, skipped, person.weight_decay)


def choose_user(ratings: Ratings) -> int:
    """The box that chooses a user of the data; their index. At first one with as many ratings as is usual. The address
    keeps the choice."""
    by_number = busiest_users(ratings, ratings.n_users)
    usual = ratings.users.raw_of(by_number[[len(by_number) // 2]]).tolist()[0]
    if st.session_state.get(Link.USER) not in ratings.users:
        st.session_state[Link.USER] = _named_in_address(ratings, usual)
    user_id = id_box(ratings, "user", "User", Link.USER)
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
