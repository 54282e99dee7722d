"""A class as its teacher steers it."""

import pandas as pd
import streamlit as st

from cf_core.classroom.records import Member, TaughtClass
from pages.parts.classroom import cached
from pages.parts.classroom.board import choose_across, choose_view, show_picture, show_ranking
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.chosen import show_chosen
from pages.parts.classroom.ended import offer_best, offer_record
from pages.parts.classroom.entrance import ENDS, ends_from_now
from pages.parts.classroom.head import join_link, show_code, show_numbers
from pages.parts.classroom.here import Here
from pages.parts.classroom.keys import Key
from pages.parts.classroom.live import Stage, run_page_again, show_live
from pages.shared import secret_address, teacher_keys
from pages.shared.address_of import address_of
from pages.shared.classes import classes
from pages.shared.messages import attempt, escape_markdown
from pages.shared.table import picking_table
from pages.shared.task.work import show_task

HEIGHT = 400
WIDTHS = [3, 2]
CODE_WIDTHS = [4, 1]


def show_teacher(here: Here, teacher: TaughtClass) -> None:
    """The code, the task, the controls, the board and the members."""
    with st.sidebar:
        across = choose_across(here.class_.task.free)
        st.markdown("**For your students**")
        st.code(join_link(here.class_), language=None, wrap_lines=True)
    task_side, code_side = st.columns(CODE_WIDTHS, vertical_alignment="center")
    with task_side:
        show_task(here.class_.task)
    with code_side:
        show_code(here.class_)

    def draw(seen: Seen, stage: Stage) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="class_controls"):
            _show_controls(teacher, seen)
            st.space("stretch")
            view = choose_view()
        picture_side, words_side = st.columns(WIDTHS, gap="medium")
        with picture_side:
            show_picture(seen, stage, view, across, HEIGHT)
        with words_side:
            show_numbers(seen)
            show_chosen(seen, can_take=False)
            show_ranking(seen, stage, view)

    show_live(here, draw)


def _show_controls(teacher: TaughtClass, seen: Seen) -> None:
    st.button(
        "Projector",
        key="class_to_projector",
        type="primary",
        icon=":material/present_to_all:",
        on_click=_show_projector,
        args=(True,),
    )
    with st.popover(f"Members ({len(seen.members)})", icon=":material/group:", key="class_members"):
        _show_members(teacher, seen)
    if seen.class_.is_open():
        with st.popover("End", icon=":material/flag:", key="class_ending"):
            st.markdown("Nobody joins or trains after the end; runs in the queue still count. You can open it again.")
            st.button("End the class", key="class_end", type="primary", on_click=attempt, args=(_end, teacher))
    else:
        offer_best(seen, None, teacher)
        offer_record(seen)
        with st.popover("Open again", icon=":material/lock_open:", key="class_opening_again"):
            ends = st.selectbox("Ends", list(ENDS), key=Key.REOPEN)
            st.button("Open it", key="class_again_button", on_click=attempt, args=(_reopen, teacher, ends))
    with st.popover("Your address", icon=":material/key:", key="class_address"):
        st.warning("Whoever has this address controls the class. Bookmark it, and send it to nobody.")
        address = address_of("classroom", teacher_keys.PARAMETER, secret_address.IN_FRAGMENT, teacher.teacher_key)
        st.code(address, language=None, wrap_lines=True)


def _show_members(teacher: TaughtClass, seen: Seen) -> None:
    """Who is in the class; a tick picks one, who can be removed after a question."""
    members = [*seen.members.values()]
    if not members:
        st.markdown("Nobody has joined yet. Show the code.")
        return
    picked = seen.members.get(st.session_state.get(Key.MEMBER, ""))
    if picked is not None:
        st.markdown(
            f"Remove **{escape_markdown(picked.nickname)}**? Their runs leave the board, and they cannot join again."
        )
        with st.container(horizontal=True, gap="small"):
            st.button("Remove", key="class_remove", type="primary", on_click=attempt, args=(_remove, teacher, picked))
            st.button("Keep", key="class_keep", on_click=_pick, args=("",))
        return
    best = {one.member_id: one.rmse for one in seen.board.best}
    table = pd.DataFrame(
        {
            "nickname": [one.nickname for one in members],
            "runs": [one.n_runs for one in members],
            "best RMSE": [best.get(one.member_id) for one in members],
        }
    ).astype({"best RMSE": "float64"})
    st.caption("Tick one to remove them.")
    picking_table(
        table,
        key="class_member_table",
        on_pick=lambda row: _pick(members[row].member_id) if row < len(members) else None,
        placeholder="–",
        height=min(300, 36 * (len(members) + 1) + 4),
        column_config={"best RMSE": st.column_config.NumberColumn(format="%.4f")},
    )


def _pick(member_id: str) -> None:
    st.session_state[Key.MEMBER] = member_id


def _remove(teacher: TaughtClass, member: Member) -> None:
    classes().remove(teacher, member.member_id)
    cached.forget(teacher)
    _pick("")
    run_page_again(f"{escape_markdown(member.nickname)} is out of the class.")


def _end(teacher: TaughtClass) -> None:
    classes().end(teacher)
    _look_anew(teacher)


def _reopen(teacher: TaughtClass, ends: str) -> None:
    classes().reopen(teacher, ends_from_now(ends))
    _look_anew(teacher)


def _look_anew(teacher: TaughtClass) -> None:
    cached.forget(teacher)
    run_page_again()


def _show_projector(on: bool) -> None:
    st.session_state[Key.PROJECTOR] = on
    run_page_again()
