"""A class that searches together: opened by a teacher, joined with a code, and one board for all of its runs."""

import streamlit as st

from pages.parts.classroom.ended import show_ended
from pages.parts.classroom.entrance import show_entrance, show_invitation
from pages.parts.classroom.here import find_here, leave
from pages.parts.classroom.keys import Key
from pages.parts.classroom.member import show_member
from pages.parts.classroom.projector import show_projector
from pages.parts.classroom.teacher import show_teacher
from pages.shared.app_frame import page_header

page_header(
    "Class",
    "Thirty students try thirty settings at once: every run is a point on a board that all see, so that each can build "
    "on what the others have found. The validation RMSE judges; only finished runs are ranked.",
    "take over the settings of whoever is ahead, and change one thing.",
)
here = find_here()
if here is None:
    show_entrance()
    st.stop()
with st.sidebar:
    st.button("All your classes", key="class_leave", type="tertiary", icon=":material/arrow_back:", on_click=leave)
if here.teacher is not None and st.session_state.get(Key.PROJECTOR):
    show_projector(here)
elif here.teacher is not None:
    show_teacher(here, here.teacher)
elif not here.class_.is_open():
    show_ended(here)
elif here.member is not None:
    show_member(here, here.member)
else:
    show_invitation(here.class_)
