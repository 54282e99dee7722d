"""The page while no class is open: a way in for students, one for teachers, and the classes that one knows."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import streamlit as st

from cf_core.classroom.codes import spoken_code
from cf_core.classroom.nicknames import LENGTH
from cf_core.classroom.records import Class
from cf_core.errors import CFError
from cf_core.tasks.task import Task
from pages.parts.classroom.here import known_classes, open_class
from pages.parts.classroom.keys import Key, WayIn
from pages.shared import workspace_token
from pages.shared.choice import choice
from pages.shared.classes import classes
from pages.shared.messages import attempt, escape_markdown, for_visitors
from pages.shared.task.make import choose_task
from pages.shared.visitor import visitor

ENDS = {
    "when I end it": None,
    "in 20 minutes": timedelta(minutes=20),
    "in 45 minutes": timedelta(minutes=45),
    "in 90 minutes": timedelta(minutes=90),
    "in a day": timedelta(days=1),
    "in a week": timedelta(days=7),
}
WHAT_JOINING_MEANS = (
    "The others see your nickname, your settings and your figures, and at the end the best run of the class opens to "
    "all of you. No account, no e-mail."
)


def show_entrance() -> None:
    """The two ways in."""
    way_in: WayIn = choice("Way in", get_args(WayIn), key=Key.WAY_IN, in_address=True, label_visibility="collapsed")
    if way_in == "Open a class":
        _show_opening()
        return
    joining, known = st.columns([2, 3], gap="large")
    with joining:
        _show_joining()
    with known:
        _show_known()


def show_problem() -> None:
    """Why the last attempt failed, if it did."""
    if problem := st.session_state.get(Key.PROBLEM):
        st.error(problem, icon=":material/error:")


def ask_nickname(class_: Class | None) -> None:
    """The form with which to join: a class that is open on the page, or any by its code."""
    with st.form("class_join", border=False, enter_to_submit=True):
        if class_ is None:
            st.text_input("Code of the class", key=Key.CODE, max_chars=16, placeholder="K7M 4PX")
        st.text_input("Your nickname", key=Key.NICKNAME, max_chars=LENGTH, placeholder="one that others recognise")
        st.form_submit_button("Join", type="primary", icon=":material/login:", on_click=_join, args=(class_,))
    show_problem()
    st.caption(WHAT_JOINING_MEANS)


def ends_from_now(choice_of_end: str) -> datetime | None:
    """The moment that is so far away; None for no end."""
    span = ENDS[choice_of_end]
    return None if span is None else datetime.now(UTC) + span


def _show_joining() -> None:
    ask_nickname(None)


def _join(class_: Class | None) -> None:
    st.session_state.pop(Key.PROBLEM, None)
    try:
        found = class_ or classes().with_code(st.session_state[Key.CODE], visitor())
        classes().join(found, st.session_state[Key.NICKNAME], workspace_token.token(), visitor())
    except CFError as error:
        st.session_state[Key.PROBLEM] = for_visitors(str(error))
        return
    open_class(found)


def _show_known() -> None:
    """The classes that one teaches or has joined."""
    known = known_classes()
    if not known:
        st.info(
            "Your teacher shows a code of six letters and digits, or a link. Everybody trains on the same task, and "
            "the board shows what all have found.",
            icon=":material/groups:",
        )
        return
    st.markdown("**Your classes**")
    for class_, part in known:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                escape_markdown(class_.task.title),
                key=f"class_back_{class_.class_id}",
                icon=":material/school:" if part == "teacher" else ":material/person:",
                on_click=open_class,
                args=(class_,),
            )
            state = "open" if class_.is_open() else "ended"
            st.caption(f"{spoken_code(class_.code)} · you are its {part} · {state} · {class_.created:%d %b %Y}")


def _show_opening() -> None:
    """The form of the task, and what else a class needs."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="class_opening"):
        ends = st.selectbox("Ends", list(ENDS), key=Key.ENDS, persist_state="session", width=200)
        button = st.container(width="content")
        st.caption("You get a code for the projector. Students join with it and a nickname, without accounts.")
    show_problem()
    task = choose_task("class", with_goal=False)
    with button:
        st.button(
            "Open the class",
            key="class_open_it",
            type="primary",
            icon=":material/groups:",
            disabled=task is None,
            on_click=attempt,
            args=(_open, task, ends),
        )


def _open(task: Task, ends: str) -> None:
    open_class(classes().open(task, workspace_token.token(), ends_from_now(ends)))


def show_invitation(class_: Class) -> None:
    """What a link to a class shows to somebody who has not joined: the task, and the form."""
    with st.container(width=560):
        st.subheader(escape_markdown(class_.task.title), anchor=False)
        st.markdown(escape_markdown(class_.task.text).replace("\n", "  \n"))
        ask_nickname(class_)
