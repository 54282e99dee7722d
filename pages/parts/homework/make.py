"""How a teacher makes a task for homework: the form, and the link that it makes."""

import streamlit as st

from cf_core.errors import CFError
from pages.parts.homework.keys import Key
from pages.parts.homework.opened import homework
from pages.shared.address_of import address_of
from pages.shared.messages import show_error
from pages.shared.task.make import choose_task


def show_form() -> None:
    """The form; below it, in one row, the link to copy and the way to see it as students do."""
    with st.container(key="homework_form"):
        task = choose_task(Key.MADE, with_goal=True)
    if task is None:
        return
    try:
        link = homework().link_of(task)
    except CFError as error:
        show_error(error)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="homework_link"):
        st.markdown("**The link for your students:**", width="content")
        st.code(address_of("homework", Key.TASK, link), language=None, width="stretch")
        st.button(
            "See it as a student",
            key="homework_preview",
            type="primary",
            icon=":material/visibility:",
            on_click=_open,
            args=(link,),
        )
    st.caption(
        "It holds the whole task and is signed: an edited one is refused. There is nothing else to manage; students "
        "hand in a link of their own."
    )


def _open(link: str) -> None:
    st.session_state[Key.TASK] = link
