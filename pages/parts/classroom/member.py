"""A class as one of its students works in it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.classroom.records import Member
from cf_core.errors import CFError
from cf_core.tasks.task import Task
from pages.parts.classroom.board import choose_across, choose_view, show_picture, show_ranking
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.chosen import show_chosen, show_standing
from pages.parts.classroom.head import show_numbers
from pages.parts.classroom.here import Here
from pages.parts.classroom.keys import Key
from pages.parts.classroom.live import Stage, run_page_again, show_live
from pages.shared import session
from pages.shared.classes import classes
from pages.shared.messages import escape_markdown
from pages.shared.run import guess
from pages.shared.run.view import ROW, show_progress
from pages.shared.task.train import guess_for, lacks_guess, show_train_button
from pages.shared.task.work import choose_free_settings, free_settings_now, show_task
from pages.shared.visitor import visitor

HEIGHT = 400
WIDTHS = [3, 2]


def show_member(here: Here, member: Member) -> None:
    """The task, the free sliders, the runs of the member, and the board."""
    task = here.class_.task
    settings = choose_free_settings(task)
    with st.sidebar:
        across = choose_across(task.free)
    show_task(task)
    may_train = session.data_folder() == task.data
    if not may_train:
        _offer_data(task)

    def draw(seen: Seen, stage: Stage) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=ROW):
            now = seen.members.get(member.member_id, member)
            if may_train:
                _show_start(here, now, settings)
            with st.container(width="stretch"):
                _show_own_run(seen, now, may_train and lacks_guess(task, settings))
            view = choose_view()
        picture_side, words_side = st.columns(WIDTHS, gap="medium")
        with picture_side:
            show_picture(seen, stage, view, across, HEIGHT, member.member_id)
        with words_side:
            show_numbers(seen)
            show_standing(seen, member, can_take=True)
            show_chosen(seen, can_take=True)
            show_ranking(seen, stage, view)

    show_live(here, draw)


def _offer_data(task: Task) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning("The class works on another data set than the one selected.", icon=":material/database:")
        st.button("Select that of the class", key="class_data", on_click=session.select_data_at, args=(task.data,))


def _show_start(here: Here, member: Member, settings: Mapping[str, Any]) -> None:
    """The button that trains, the questions before it where the class asks them, and how many runs are left."""
    task = here.class_.task
    left = member.runs_left(task)
    show_train_button(task, settings, left, lambda: _train(here, member), key="class_train")


def _train(here: Here, member: Member) -> None:
    task = here.class_.task
    settings = free_settings_now(task)
    run_id = classes().submit(here.class_, here.member or member, settings, guess_for(task, settings), visitor())
    guess.clear_questions()
    session.select_run(run_id)
    st.session_state[Key.RUN] = run_id
    run_page_again()


def _show_own_run(seen: Seen, member: Member, waits_for_guess: bool) -> None:
    """How the member's last run is getting on, or what came of it and what to do next."""
    mine = seen.board.rows[seen.board.rows["member_id"] == member.member_id]
    run_id = st.session_state.get(Key.RUN) or (mine["run_id"].iloc[-1] if len(mine) else None)
    now = None if run_id is None else _live(run_id)
    if now is not None and now.unfinished:
        st.session_state[Key.UNDER_WAY] = run_id
        show_progress(now)
        return
    if st.session_state.pop(Key.UNDER_WAY, None) is not None:
        st.rerun()  # the box of runs says so, too
    st.markdown(f"{_what_came(mine[mine['run_id'] == run_id])} {_what_next(seen, member, waits_for_guess)}")


def _what_came(last: pd.DataFrame) -> str:
    """Of the last run: one row, or none."""
    if last.empty:
        return ""
    run = last.iloc[0]
    rmse = f", RMSE {run['rmse']:.4f}" if pd.notna(run["rmse"]) else ""
    guesses = f", guesses: {run['guess']}" if run["guess"] else ""
    return escape_markdown(f"Your last run: {run['state']}{rmse}{guesses}.")


def _what_next(seen: Seen, member: Member, waits_for_guess: bool) -> str:
    if member.runs_left(seen.class_.task) == 0:
        return "You have had all your runs."
    if waits_for_guess:
        return "Answer a question under *Predict first*, then train."
    return "" if member.n_runs else "Set the sliders, then train: your run becomes a point."


def _live(run_id: str) -> Any:
    try:
        return session.workspace().live(run_id)
    except CFError:
        return None
