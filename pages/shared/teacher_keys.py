"""The keys of the classes that this browser teaches though another one opened them: each came by a teacher's address,
`/classroom?teach=open#KEY` (see `secret_address`), and a cookie keeps them."""

from enum import StrEnum

import streamlit as st

from cf_core.runs.workspace import is_token
from pages.shared import secret_address
from pages.shared.cookies import keep_cookie, read_cookie

PARAMETER, COOKIE = "teach", "cf_lab_teaches"
N_KEPT = 8


class Key(StrEnum):
    """Session keys. `NEW` is the key that an address has just brought."""

    KEYS = "teacher_keys"
    NEW = "teacher_key_new"


def is_being_read() -> bool:
    """Whether the address brings a key, which is being read in place of the page."""
    if not secret_address.is_in_address(PARAMETER):
        return False
    st.caption("Opening the class…")
    secret_address.read(PARAMETER, _take)
    return True


def held() -> list[str]:
    """The keys, the last one first; some may open nothing any more."""
    if Key.KEYS not in st.session_state:
        st.session_state[Key.KEYS] = [kept for kept in read_cookie(COOKIE).split(".") if is_token(kept)]
    keys: list[str] = st.session_state[Key.KEYS]
    return keys


def take_new() -> str | None:
    """The key, or what should be one, that an address brought since this was last asked."""
    new: str | None = st.session_state.pop(Key.NEW, None)
    return new


def remember() -> None:
    """Have the browser keep the keys for a year."""
    if held():
        keep_cookie(COOKIE, ".".join(held()))


def _take(key: str) -> None:
    st.session_state[Key.NEW] = key
    if is_token(key):
        st.session_state[Key.KEYS] = [key, *(kept for kept in held() if kept != key)][:N_KEPT]
