"""Which pages this browser has opened: they are ticked off on the way through the lab."""

import streamlit as st

from pages.shared.cookies import keep_cookie, read_cookie
from pages.shared.steps import BY_NAME

COOKIE = "cf_lab_visited"
KEY = "visited_pages"


def visited() -> set[str]:
    """The names of the pages opened so far, in this session or an earlier one."""
    if KEY not in st.session_state:
        kept = read_cookie(COOKIE).split(".")
        st.session_state[KEY] = {name for name in kept if name in BY_NAME}
    pages: set[str] = st.session_state[KEY]
    return pages


def note_visit(page: str) -> None:
    """The page has been opened; the browser remembers it for a year."""
    visited().add(page)
    keep_cookie(COOKIE, ".".join(sorted(visited())))
