"""A result that was handed in: genuine, as the lab has signed it, on one page to print."""

import streamlit as st

from cf_core.charts.classroom.rmse_curves import rmse_curves
from cf_core.classroom.result import Result, record_lines
from cf_core.settings import format_value
from pages.parts.homework.keys import Key
from pages.parts.homework.opened import homework, leave
from pages.shared import server, session
from pages.shared.address_of import address_of
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.run.settings_form import LABELS
from pages.shared.task.work import what_is_set

WIDTHS = [1, 1]
HEIGHT = 260


def show_result(text: str, task_link: str | None) -> None:
    """The result in a link, and what the link proves.

    Args:
        task_link: of the task that this browser works on, to go back to; None where it works on none.
    """
    result = homework().read_result(text)
    session.follow_data_at(server.data_folders().get(result.task.data, ""))
    with st.container(key="homework_result"):
        _show_head(result)
        left, right = st.columns(WIDTHS, gap="medium")
        with left:
            _show_run(result)
        with right:
            _show_record(result)
    with st.container(horizontal=True, vertical_alignment="center", key="homework_hand_on"):
        st.markdown("**The link to hand in:**", width="content")
        st.code(address_of("homework", Key.RESULT, text), language=None, width="stretch")
        st.caption("To print: Ctrl+P.", width="content")
        st.button(
            "Back to the task" if task_link else "Make a task",
            key="homework_back",
            icon=":material/arrow_back:",
            on_click=leave,
            args=(Key.RESULT,),
        )
    st.caption(
        "The signature proves that a run of this lab reached this figure, with these settings, for exactly this task. "
        "It does not prove who sat at the keyboard: the name is as it was typed, and another browser begins its runs "
        "anew."
    )


def _show_head(result: Result) -> None:
    """Task, name and verdict."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(escape_markdown(result.task.title), anchor=False, width="content")
        st.markdown(f"by **{escape_markdown(result.name)}**" if result.name else "without a name", width="content")
        if result.reached is not None:
            look = (
                ("Goal reached", "check_circle", "green") if result.reached else ("Goal not reached", "flag", "orange")
            )
            st.badge(look[0], icon=f":material/{look[1]}:", color=look[2])
        st.badge("Genuine: signed by this lab, unedited", icon=":material/verified:", color="blue")
    if result.task.text:
        st.markdown(escape_markdown(result.task.text).replace("\n", "  \n"))


def _show_run(result: Result) -> None:
    """The figures of the best run, and its curve."""
    unit = session.words().unit
    goal = "" if result.task.goal is None else f" (goal: {result.task.goal:.4f} or less)"
    took = f"in {result.curve[-1][0]} epochs and {result.seconds:.1f} s"
    tries = "the only run" if result.n_runs == 1 else f"the best of {result.n_runs} runs"
    st.markdown(f"**RMSE {result.rmse:.4f} {unit}**{goal}, {took}; {tries}.")
    settings = "; ".join(f"{LABELS[name]} {format_value(result.settings[name])}" for name in result.task.free)
    st.markdown(f"**Chosen:** {escape_markdown(settings)}.")
    said = f"It ends at {result.rmse:.4f}."
    figure = rmse_curves({"the run": result.curve}, result.task.goal, result.config.n_epochs, session.words(), HEIGHT)
    plot(figure, key="homework_result_curve", alt=f"Validation RMSE by epoch. {said}")


def _show_record(result: Result) -> None:
    """What was set, and what trains the run again, as text."""
    st.markdown(f"**Set by the task:** {escape_markdown('; '.join(what_is_set(result.task)))}.")
    lines = [*record_lines(result), ("handed in", f"{result.handed_in:%Y-%m-%d %H:%M} UTC")]
    width = max(len(name) for name, _ in lines)
    with st.container(key="homework_record"):
        st.code("\n".join(f"{name:<{width}}  {value}" for name, value in lines), language=None, wrap_lines=True)
