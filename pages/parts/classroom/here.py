"""Which class is open on the page, and as whom: found by the address or by the session, never by the browser's word."""

import contextlib
from typing import NamedTuple

import streamlit as st

from cf_core.classroom.codes import plain_code
from cf_core.classroom.member_rows import REMOVED
from cf_core.classroom.records import Class, Member, TaughtClass
from cf_core.errors import CFError, UnknownClassError
from pages.parts.classroom.keys import Key
from pages.shared import address, session, teacher_keys, workspace_token
from pages.shared.classes import classes
from pages.shared.messages import for_visitors
from pages.shared.visitor import visitor


class Here(NamedTuple):
    """The class, and what the visitor is in it: its teacher, a member, or neither."""

    class_: Class
    teacher: TaughtClass | None
    member: Member | None


def find_here() -> Here | None:
    """The class that is open; None where there is none, which `Key.PROBLEM` may explain."""
    _follow_address()
    opened: Class | None = st.session_state.get(Key.CLASS)
    address.keep(Key.JOIN, None if opened is None else opened.code)
    if opened is None:
        return None
    try:
        class_ = classes().now(opened)
    except UnknownClassError as error:
        leave()
        _say(error)
        return None
    if st.session_state.pop(Key.FOLLOW_DATA, False):
        session.follow_data_at(class_.task.data)
    member = classes().member_of(class_, workspace_token.token())
    if member is not None:
        st.session_state[Key.MEMBER_OF] = class_.class_id
    elif st.session_state.get(Key.MEMBER_OF) == class_.class_id:
        leave()
        st.session_state[Key.PROBLEM] = REMOVED
        return None
    return Here(class_, _as_teacher(class_), member)


def open_class(class_: Class) -> None:
    """Show that class, and select its data set."""
    st.session_state[Key.CLASS], st.session_state[Key.FOLLOW_DATA] = class_, True
    for key in (Key.PROBLEM, Key.RUN, Key.CHOSEN, Key.PROJECTOR):
        st.session_state.pop(key, None)


def open_by_code(code: str) -> None:
    """Show the class with that code; where it opens none, say why."""
    st.session_state.pop(Key.PROBLEM, None)
    try:
        open_class(classes().with_code(code, visitor()))
    except CFError as error:
        _say(error)


def leave() -> None:
    """Show no class, so that another can be joined. For callbacks."""
    for key in (Key.CLASS, Key.PROBLEM, Key.PROJECTOR, Key.MEMBER_OF):
        st.session_state.pop(key, None)
    address.keep(Key.JOIN, None)
    st.query_params.pop(Key.JOIN, None)


def known_classes() -> list[tuple[Class, str]]:
    """The classes that the visitor may go back into, and what they are in each: "teacher" or "member"."""
    taught = {one.class_id: one for one in classes().of_teacher(workspace_token.token())}
    for key in teacher_keys.held():
        with contextlib.suppress(UnknownClassError):
            one = classes().with_key(key)
            taught.setdefault(one.class_id, one)
    joined = [one for one in classes().classes_of_member(workspace_token.token()) if one.class_id not in taught]
    return [*((one, "teacher") for one in taught.values()), *((one, "member") for one in joined)]


def _follow_address() -> None:
    """Open the class that the address names, if it is another than the one that is open: by a teacher's key, or by a
    code, which is tried once."""
    key = teacher_keys.take_new()
    if key is not None:
        st.session_state.pop(Key.PROBLEM, None)
        try:
            open_class(classes().with_key(key))
        except UnknownClassError as error:
            _say(error)
        return
    named = st.query_params.get(Key.JOIN)
    opened: Class | None = st.session_state.get(Key.CLASS)
    if not named or st.session_state.get(Key.REFUSED) == named:
        return
    if opened is None or opened.code != plain_code(named):
        open_by_code(named)
        if Key.PROBLEM in st.session_state:
            st.session_state[Key.REFUSED] = named
            st.session_state.pop(Key.CLASS, None)


def _as_teacher(class_: Class) -> TaughtClass | None:
    own = classes().as_teacher(class_, workspace_token.token())
    if own is not None:
        return own
    for key in teacher_keys.held():
        with contextlib.suppress(UnknownClassError):
            one = classes().with_key(key)
            if one.class_id == class_.class_id:
                return one
    return None


def _say(error: CFError) -> None:
    st.session_state[Key.PROBLEM] = for_visitors(str(error))
