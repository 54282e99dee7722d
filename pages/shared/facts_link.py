"""The way to the page of facts: the ids of a user and a movie in its address, and reading them there.

Nothing in here knows a fact.
"""

from typing import Any, Literal

import streamlit as st

from cf_core.data.id_map import IdMap
from cf_core.errors import UnknownIdError
from pages.shared.messages import say_error

Name = Literal["user", "movie"]
_PAGE = "pages/facts.py"


def open_facts(user_id: Any, item_id: Any) -> None:
    """Go to the facts of this user and this movie."""
    st.switch_page(_PAGE, query_params={"user": str(user_id), "movie": str(item_id)})


def key(name: Name) -> str:
    """Where the session keeps the id that is chosen."""
    return f"facts_of_{name}"


def take_from_address(ids: IdMap, name: Name, default: Any) -> None:
    """Choose the id that the address names, where none is chosen yet; the default where it names none, or none that the
    data hold."""
    if st.session_state.get(key(name)) in set(ids.ids.tolist()):
        return
    text, chosen = st.query_params.get(name), default
    if text is not None:
        try:
            chosen = ids.read(text)
        except UnknownIdError as error:
            say_error(error)
    st.session_state[key(name)] = chosen


def keep_in_address(name: Name) -> None:
    """Write the id that is chosen into the address."""
    st.query_params[name] = str(st.session_state[key(name)])
