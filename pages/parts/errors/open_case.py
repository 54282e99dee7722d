"""Which validation rating the detective looks at: set by a row of a table, two boxes, or the address."""

from typing import Any

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.errors import UnknownIdError
from cf_core.insight.detective import validation_row
from pages.parts.errors.keys import CASE_MOVIE, CASE_USER, Key
from pages.shared import address
from pages.shared.messages import escape_markdown, show_error


def open_case(user_id: Any, item_id: Any) -> None:
    """Look at that user's rating of that movie in the next run of the page. For callbacks."""
    st.session_state[Key.CASE] = user_id, item_id


def close_case() -> None:
    """Look at no rating. For callbacks."""
    st.session_state[Key.CASE] = None
    st.session_state[Key.CLOSED] = st.session_state.get(Key.CLOSED, 0) + 1


def row_of_case(ratings: Ratings, split: Split) -> int | None:
    """The row of the open rating in the data, which the address keeps; None where none is open, or where what is asked
    for is no validation rating of this run, which is said."""
    if Key.CASE not in st.session_state:
        st.session_state[Key.CASE] = _from_address(ratings)
    case = st.session_state[Key.CASE]
    if case is not None and not (case[0] in ratings.users.ids and case[1] in ratings.items.ids):
        case = st.session_state[Key.CASE] = None  # of another data set
    address.keep(CASE_USER, None if case is None else str(case[0]))
    address.keep(CASE_MOVIE, None if case is None else str(case[1]))
    if case is None:
        return None
    user, item = int(ratings.users.index_of([case[0]])[0]), int(ratings.items.index_of([case[1]])[0])
    row = validation_row(split, user, item)
    if row is None:
        title = ratings.item_table["title"].iloc[item]
        text = f"User {case[0]} has no validation rating of {title}: it was trained on, or never given."
        st.info(escape_markdown(text), icon=":material/search_off:")
    return row


def _from_address(ratings: Ratings) -> tuple[Any, Any] | None:
    texts = st.query_params.get(CASE_USER), st.query_params.get(CASE_MOVIE)
    if texts[0] is None or texts[1] is None:
        return None
    try:
        return ratings.users.read(texts[0]), ratings.items.read(texts[1])
    except UnknownIdError as error:
        show_error(error)
        return None
