"""The way to the recommendations for a user of the data."""

from enum import StrEnum
from typing import Any, Literal

import streamlit as st

from cf_core.words import Words
from pages.shared.steps import BY_NAME

Whom = Literal["Me", "A user of the data"]


class Key(StrEnum):
    """Session keys, and parameters of the address: for whom the page recommends, and the user's raw id."""

    WHOM = "for_whom"
    USER = "for_user"


def offer_recommendations(user_id: Any, words: Words) -> None:
    """A link to what a model would recommend to that user."""
    page = BY_NAME["for_you"]
    st.page_link(
        page.path,
        label=page.title_in(words),
        icon=":material/live_tv:",
        query_params={Key.WHOM.value: "A user of the data", Key.USER.value: str(user_id)},
    )
