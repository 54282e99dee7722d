"""The way to the recommendations for a user of the data."""

from enum import StrEnum
from typing import Any, Literal

import streamlit as st

from cf_core.words import MOVIES, Words

Whom = Literal["Me", "A user of the data"]
_PAGE = "pages/for_you.py"


class Key(StrEnum):
    """Session keys, and parameters of the address: for whom the page recommends, and the user's raw id."""

    WHOM = "for_whom"
    USER = "for_user"


def for_you_title(words: Words) -> str:
    """What the page is called: movies are watched."""
    return "What to watch" if words == MOVIES else "What to pick"


def offer_recommendations(user_id: Any, words: Words = MOVIES) -> None:
    """A link to what a model would recommend to that user."""
    st.page_link(
        _PAGE,
        label=for_you_title(words),
        icon=":material/live_tv:",
        query_params={Key.WHOM.value: "A user of the data", Key.USER.value: str(user_id)},
    )
