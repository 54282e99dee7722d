"""The board for the back of the room: it fills a projector, and the code is always in sight."""

from pathlib import Path

import streamlit as st

from pages.parts.classroom.board import choose_across, choose_view, show_picture, show_ranking
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.head import join_link, show_code, show_numbers
from pages.parts.classroom.here import Here
from pages.parts.classroom.keys import Key
from pages.parts.classroom.live import Stage, show_live
from pages.shared.messages import escape_markdown

STYLE = Path(__file__).with_name("projector.css")
HEIGHT = 560
WIDTHS = [5, 3]


def show_projector(here: Here) -> None:
    """The code and how to get in, the board, who is ahead. Its style leaves out all else."""
    st.html(STYLE)
    with st.sidebar:
        across = choose_across(here.class_.task.free)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="class_on_projector"):
        with st.container(width="content"):
            show_code(here.class_)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{escape_markdown(here.class_.task.title)}**")
            st.markdown(escape_markdown(join_link(here.class_).partition("://")[2]))
        view = choose_view()
        st.button("Back", key="class_from_projector", icon=":material/close_fullscreen:", on_click=_leave)

    def draw(seen: Seen, stage: Stage) -> None:
        picture_side, words_side = st.columns(WIDTHS, gap="medium")
        with picture_side:
            show_picture(seen, stage, view, across, HEIGHT)
        with words_side:
            show_numbers(seen)
            show_ranking(seen, stage, view)

    show_live(here, draw)


def _leave() -> None:
    st.session_state[Key.PROJECTOR] = False
