"""Which task or result the page shows: that of the link which was opened last."""

import functools

import streamlit as st

from cf_core.classroom.homework import Homework
from cf_core.runs.workers.lab_pool import LabPool
from pages.parts.homework.keys import Key
from pages.shared import address, server


def homework() -> Homework:
    """The homework of this server."""
    return _homework(server.runs())


@functools.lru_cache(maxsize=1)
def _homework(pool: LabPool) -> Homework:
    return Homework(pool, server.data_folders)


def opened() -> tuple[str | None, str | None]:
    """The links of the task and of the result; the address keeps the one that is shown."""
    for key in (Key.TASK, Key.RESULT):
        if key in st.query_params and st.query_params[key] != st.session_state.get(key):
            st.session_state[key] = st.query_params[key]
            if key == Key.TASK:
                st.session_state.pop(Key.RESULT, None)
    task, result = st.session_state.get(Key.TASK), st.session_state.get(Key.RESULT)
    address.keep(Key.RESULT, result)
    address.keep(Key.TASK, task if result is None else None)
    return task, result


def leave(*keys: Key) -> None:
    """Show the task, or the form, no more. For `on_click`."""
    for key in keys:
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)
