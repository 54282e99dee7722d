"""The user for whom both runs choose movies."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cf_core.data.ratings import Ratings
from pages.parts.compare.keys import Key
from pages.shared import address


def choose_user(ratings: Ratings, user_ids: Sequence[Any]) -> int:
    """The box, and the index of the user in it, at first the first of `user_ids`; the address keeps another."""
    users = {str(user): user for user in sorted(user_ids)}
    default = user_ids[0]
    if st.session_state.get(Key.USER) not in users.values():
        st.session_state[Key.USER] = users.get(st.query_params.get(Key.USER, ""), default)
    user_id = st.selectbox("User", list(users.values()), key=Key.USER, persist_state="session")
    address.keep(Key.USER, None if user_id == default else str(user_id))
    return int(ratings.users.index_of([user_id])[0])
