"""The run that is looked at, by a click on its point or by the box: whose it is, and its settings to take over."""

from collections.abc import Hashable, Mapping
from typing import Any

import streamlit as st

from cf_core.classroom.board import standing
from cf_core.classroom.records import Member
from cf_core.tasks.task import Task
from pages.parts.classroom.board import settings_in_words
from pages.parts.classroom.cached import Seen
from pages.parts.classroom.keys import Key
from pages.parts.classroom.live import run_page_again
from pages.shared.messages import escape_markdown
from pages.shared.task.work import take_settings


def show_standing(seen: Seen, member: Member, can_take: bool) -> None:
    """Where the member stands, and whose settings to try next."""
    stands = standing(seen.board, member.member_id)
    ahead, best = stands.ahead, stands.best
    if best is None:
        line = "You are on the board once a run of yours has finished."
    elif ahead is None:
        others = f" of {stands.of}" if stands.of > 1 else ""
        line = f"**{_ordinal(best.rank)}{others}** with {best.rmse:.4f}: nobody is ahead of you."
    else:
        behind = f"{best.rmse - ahead.rmse:.4f} behind **{escape_markdown(ahead.nickname)}**"
        line = f"**{_ordinal(best.rank)} of {stands.of}** with {best.rmse:.4f}, {behind}."
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="class_standing"):
        st.markdown(line, width="content")
        if ahead is not None and can_take:
            _take_button("class_take_ahead", f"Take {ahead.nickname}'s settings", seen.class_.task, ahead.settings)


def show_chosen(seen: Seen, can_take: bool) -> None:
    """The box that chooses a run, and the run: whose, with which settings, how good."""
    board, chosen = seen.board, st.session_state.get(Key.CHOSEN)
    labels = {best.run_id: f"{best.nickname} · {best.rmse:.4f}" for best in board.best}
    found = board.rows[board.rows["run_id"] == chosen].to_dict("records")
    if found:
        labels.setdefault(str(chosen), _label(found[0]))
    elif chosen is not None:
        st.session_state[Key.CHOSEN] = None
    if not labels:
        return
    st.selectbox(
        "Look at a run",
        list(labels),
        index=None,
        format_func=lambda run_id: labels.get(run_id, "gone"),
        placeholder="Click a point, or choose",
        key=Key.CHOSEN,
        label_visibility="collapsed",
    )
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="class_chosen_run"):
        st.markdown(escape_markdown(settings_in_words(board, found[0])), width="content")
        if can_take:
            settings = {name: found[0][name] for name in board.free}
            _take_button("class_take", "Take these settings", seen.class_.task, settings)


def _take_button(key: str, label: str, task: Task, settings: Mapping[str, Any]) -> None:
    st.button(
        escape_markdown(label),
        key=key,
        icon=":material/input:",
        on_click=_take,
        args=(task, dict(settings)),
        help="Sets your sliders so. Change one of them, then train.",
    )


def _take(task: Task, settings: Mapping[str, Any]) -> None:
    take_settings(task, settings)
    run_page_again("The settings are on your sliders. Change one, then train.")


def _label(run: Mapping[Hashable, Any]) -> str:
    rmse = f"{run['rmse']:.4f}" if run["rmse"] == run["rmse"] else run["state"]
    return f"{run['nickname']} · {rmse}"


def _ordinal(rank: int) -> str:
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
