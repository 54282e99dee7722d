"""Which workspace this browser is in.

A workspace is identified by an unguessable token, which is a key: whoever has it sees and steers the runs. The browser
keeps it in a cookie, so that a reload finds the runs again and no other browser sees them. A second cookie keeps the
tokens of the workspaces that the browser was in before, so that each has a way back.
"""

from enum import StrEnum

import streamlit as st

from cf_core.runs.workspace import Workspace, is_token, new_token
from pages.shared import server
from pages.shared.cookies import keep_cookie, read_cookie
from pages.shared.visitor import visitor

COOKIE, COOKIE_EARLIER = "cf_lab_workspace", "cf_lab_earlier"
N_EARLIER = 8


class Key(StrEnum):
    """Session keys. `NEXT` is the token that takes the place of the present one once the student confirms it."""

    WORKSPACE = "workspace"
    EARLIER = "workspace_earlier"
    NEXT = "workspace_next"


def token() -> str:
    """The token of this browser's workspace: from the cookie, or a new one."""
    if Key.WORKSPACE not in st.session_state:
        kept = read_cookie(COOKIE)
        st.session_state[Key.WORKSPACE] = kept if is_token(kept) else new_token()
    return str(st.session_state[Key.WORKSPACE])


def workspace_of(token: str) -> Workspace:
    """The workspace with that token."""
    return Workspace(server.runs(), token, visitor(), server.data_folders)


def earlier() -> list[str]:
    """The tokens of the workspaces that this browser was in before, the latest first; some may have no runs."""
    if Key.EARLIER not in st.session_state:
        st.session_state[Key.EARLIER] = [kept for kept in read_cookie(COOKIE_EARLIER).split(".") if is_token(kept)]
    return [kept for kept in st.session_state[Key.EARLIER] if kept != token()]


def enter_workspace(new: str) -> None:
    """Change to the workspace with that token; the one that is left stays at hand."""
    _keep_at_hand(token())
    st.session_state[Key.WORKSPACE] = new


def prepare_new_token() -> None:
    """Have the browser keep another token, which `change_token` will take: it is there before any run depends on it."""
    st.session_state[Key.NEXT] = new_token()
    _keep_at_hand(st.session_state[Key.NEXT])


def change_token() -> None:
    """Give the workspace the token that was prepared; the present one opens nothing any more."""
    workspace_of(token()).change_token(st.session_state[Key.NEXT])
    st.session_state[Key.WORKSPACE] = st.session_state.pop(Key.NEXT)


def remember_workspace() -> None:
    """Have the browser keep the tokens for a year, unless it has them already."""
    keep_cookie(COOKIE, token())
    if before := ".".join(earlier()):
        keep_cookie(COOKIE_EARLIER, before)


def _keep_at_hand(left: str) -> None:
    st.session_state[Key.EARLIER] = [left, *(kept for kept in earlier() if kept != left)][:N_EARLIER]
