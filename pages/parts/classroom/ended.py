"""A class that has ended: who won, the best run for all, and the board as a record."""

import streamlit as st

from cf_core.classroom.record import record
from cf_core.classroom.records import Member, TaughtClass
from pages.parts.classroom.board import choose_across, choose_view, show_picture, show_ranking
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.chosen import show_chosen, show_standing
from pages.parts.classroom.head import show_numbers
from pages.parts.classroom.here import Here
from pages.parts.classroom.keys import Key
from pages.parts.classroom.live import Stage, run_page_again, show_live
from pages.shared import session
from pages.shared.classes import classes
from pages.shared.messages import attempt, escape_markdown
from pages.shared.task.work import show_task

HEIGHT = 400
WIDTHS = [3, 2]


def show_ended(here: Here) -> None:
    """The same board, for members and for those who come with the code."""
    with st.sidebar:
        across = choose_across(here.class_.task.free)
    show_task(here.class_.task)

    def draw(seen: Seen, stage: Stage) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="class_end_row"):
            with st.container(width="stretch"):
                show_winner(seen)
            if here.member is not None:
                offer_best(seen, here.member, None)
                offer_record(seen)
            view = choose_view()
        picture_side, words_side = st.columns(WIDTHS, gap="medium")
        with picture_side:
            show_picture(seen, stage, view, across, HEIGHT, here.member.member_id if here.member else None)
        with words_side:
            show_numbers(seen)
            if here.member is not None:
                show_standing(seen, here.member, can_take=False)
            show_chosen(seen, can_take=False)
            show_ranking(seen, stage, view)

    show_live(here, draw)


def show_winner(seen: Seen) -> None:
    """Who has the lowest RMSE."""
    if not seen.board.best:
        st.markdown("The class has ended, and no run of it has finished.")
        return
    first = seen.board.best[0].rmse
    names = [f"**{escape_markdown(one.nickname)}**" for one in seen.board.best if one.rmse == first]
    st.markdown(f":material/trophy: {' and '.join(names)} won with RMSE {first:.4f}.")


def offer_best(seen: Seen, member: Member | None, teacher: TaughtClass | None) -> None:
    """The button that opens the best run of the class."""
    if st.session_state.pop(Key.BEST, False):
        st.switch_page("pages/train.py")
    if seen.board.best:
        st.button(
            "Open the best run",
            key="class_best_run",
            type="primary",
            icon=":material/open_in_new:",
            help="Its curves, movies and map, for all in the class.",
            on_click=attempt,
            args=(_open_best, seen, member, teacher),
        )


def _open_best(seen: Seen, member: Member | None, teacher: TaughtClass | None) -> None:
    link = classes().open_best(seen.class_ if teacher is None else teacher, member)
    if link is not None:
        session.open_shared(link)
        st.session_state[Key.BEST] = True
        run_page_again()


def offer_record(seen: Seen) -> None:
    """The button that saves the board; the zip is made when it is clicked."""
    name = session.data_name(seen.class_.task.data)
    st.download_button(
        "Record",
        lambda: record(seen.class_, seen.board, name),
        f"class-{seen.class_.code}.zip",
        "application/zip",
        key="class_record",
        icon=":material/download:",
        on_click="ignore",
        help="The board as a zip: every run with its settings and figures, and the guesses.",
    )
