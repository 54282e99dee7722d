"""Error messages on the page, and text that Markdown is not to format."""

import re
from collections.abc import Callable

import streamlit as st

from cf_core.errors import CFError


def escape_markdown(text: str) -> str:
    """The text with a backslash before every character that Markdown would read as formatting."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$~|<>:])", r"\\\1", text)


def show_error(error: CFError) -> None:
    """The message of an error, in a red box."""
    st.error(escape_markdown(str(error)), icon=":material/error:")


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Call `action`; where it fails, show why in a toast. For `on_click`, whose errors the page cannot catch."""
    try:
        action(*arguments)
    except CFError as error:
        st.toast(escape_markdown(str(error)), icon=":material/error:", duration="long")
