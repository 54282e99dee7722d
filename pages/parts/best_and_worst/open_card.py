"""Whose card is open: set by the search box, a row of a table, a click on a chart, or the address."""

from typing import Any

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from pages.parts.best_and_worst.keys import CARD_IN_ADDRESS, Key
from pages.shared import address
from pages.shared.messages import show_error
from pages.shared.pickers import id_box


def open_card(item_id: Any) -> None:
    """Show the card of that movie in the next run of the page. For callbacks."""
    st.session_state[Key.CARD] = item_id


def close_card() -> None:
    """Close the card that is open. For callbacks."""
    st.session_state[Key.CARD] = None
    st.session_state[Key.CLOSED] = st.session_state.get(Key.CLOSED, 0) + 1


def find_movie(ratings: Ratings) -> None:
    """The search box, which names the movie whose card is open."""
    _read_address(ratings)
    label = f"Open {ratings.words.an_item}'s card"
    id_box(
        ratings,
        "item",
        label,
        Key.CARD,
        placeholder=f"{label}: type a title",
        label_visibility="collapsed",
        help="Or tick a row of a table, or click a bar or the end of a line.",
    )


def item_of_card(ratings: Ratings) -> int | None:
    """The index of the movie whose card is open, which the address keeps; None where no card is open."""
    item_id = st.session_state.get(Key.CARD)
    address.keep(CARD_IN_ADDRESS, None if item_id is None else str(item_id))
    if item_id is None:
        return None
    return int(ratings.items.index_of([item_id])[0])


def _read_address(ratings: Ratings) -> None:
    """Open the card that the address names when the page has just been opened; close a card of another data set."""
    if Key.CARD in st.session_state:
        if st.session_state[Key.CARD] not in ratings.items:
            st.session_state[Key.CARD] = None
        return
    text = st.query_params.get(CARD_IN_ADDRESS)
    try:
        st.session_state[Key.CARD] = None if text is None else ratings.items.read(text)
    except UnknownIdError as error:
        st.session_state[Key.CARD] = None
        show_error(error)
