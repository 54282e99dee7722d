"""Errors in their own words, where the visitor looks."""

import re
from collections.abc import Callable

import streamlit as st

from cf_core.errors import CFError


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to format."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)


def say_error(error: CFError) -> None:
    """An error on the page."""
    st.error(plain(str(error)), icon=":material/error:")


def attempt(action: Callable[..., None], *arguments: object) -> None:
    """Do what a button says; where that cannot be, say why. For `on_click`, whose errors no page can catch."""
    try:
        action(*arguments)
    except CFError as error:
        st.toast(plain(str(error)), icon=":material/error:", duration="long")
