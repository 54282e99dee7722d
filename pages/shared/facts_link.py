"""Links to the page of one user and one movie: their ids in its address, written and read."""

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from cf_core.data.id_map import IdMap
from cf_core.errors import UnknownIdError
from pages.shared import address
from pages.shared.messages import show_error

Name = Literal["user", "movie"]
_PAGE = "pages/facts.py"


def open_facts(user_id: Any, item_id: Any) -> None:
    """Go to the page of this user and this movie."""
    st.switch_page(_PAGE, query_params={"user": str(user_id), "movie": str(item_id)})


def key(name: Name) -> str:
    """Session key of the chosen id."""
    return f"facts_of_{name}"


def read_from_address(ids: IdMap, name: Name, default: Any) -> None:
    """Choose the id that the address names, unless one is chosen already; `default` if it names none, or one that is
    not in the data."""
    if st.session_state.get(key(name)) in ids:
        return
    text, chosen = st.query_params.get(name), default
    if text is not None:
        try:
            chosen = ids.read(text)
        except UnknownIdError as error:
            show_error(error)
    st.session_state[key(name)] = chosen


def write_to_address(defaults: Mapping[Name, Any]) -> None:
    """Have the address hold the chosen ids; the `defaults` go without saying."""
    for name, default in defaults.items():
        chosen = st.session_state[key(name)]
        address.keep(name, None if chosen == default else str(chosen))
