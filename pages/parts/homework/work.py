"""A task as a student works on it: free sliders, training, the best so far against the goal, handing in."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.charts.classroom.rmse_curves import Curve, rmse_curves
from cf_core.classroom.homework import Progress
from cf_core.classroom.result import NAME_LENGTH
from cf_core.config import setting_value
from cf_core.runs.spec import Run
from cf_core.settings import format_value
from cf_core.tasks.task import Task
from cf_core.training.history import History
from pages.parts.homework.keys import Key
from pages.parts.homework.opened import homework, leave
from pages.shared import session, workspace_token
from pages.shared.messages import attempt, for_visitors
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState
from pages.shared.refresh import interval, live
from pages.shared.run import guess
from pages.shared.run.outcome import VERBS
from pages.shared.run.settings_form import LABELS
from pages.shared.run.view import ROW, show_progress
from pages.shared.table import data_table
from pages.shared.task.train import guess_for, lacks_guess, show_train_button
from pages.shared.task.work import choose_free_settings, free_settings_now, show_task
from pages.shared.visitor import visitor

WIDTHS = [3, 2]
HEIGHT = 400
TABLE_HEIGHT = 178
"""Pixels of the table of runs: four of them."""


def show_work(link: str) -> None:
    """The whole view of the task in `link`."""
    task = homework().open(link).task
    session.follow_data_at(task.data)
    settings = choose_free_settings(task)
    with st.sidebar:
        st.button(
            "Make a task of your own",
            key="homework_leave",
            type="tertiary",
            icon=":material/arrow_back:",
            on_click=leave,
            args=(Key.TASK,),
        )
    show_task(task)
    progress = homework().progress(link, workspace_token.token())
    newest = next(iter(progress.runs), None)
    every = interval(newest is not None and newest.unfinished)
    live(_draw, link, task, settings, progress, newest, SentState(), every=every)


def _draw(
    link: str,
    task: Task,
    settings: Mapping[str, Any],
    progress: Progress,
    newest: Run | None,
    sent: SentState,
) -> None:
    """What moves while a run is under way. All runs are read once, when the page runs; a refresh looks at the newest
    alone."""
    is_over = newest is not None and newest.unfinished and not session.own_run(newest.run_id).run.unfinished
    if is_over or st.session_state.pop(Key.AGAIN, False):
        st.rerun()  # more than this part of the page changes
    history = History() if newest is None else session.own_run(newest.run_id).history_now()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=ROW):
        _show_start(link, task, settings, progress)
        with st.container(width="stretch"):
            _show_state(newest, history)
    curves_side, best_side = st.columns(WIDTHS, gap="medium")
    with curves_side:
        _show_curves(task, progress, newest, history, sent)
    with best_side:
        _show_best(task, progress)
        _show_runs(task, progress)
        _offer_hand_in(link, progress)


def _show_start(link: str, task: Task, settings: Mapping[str, Any], progress: Progress) -> None:
    left = None if task.most_runs is None else max(task.most_runs - progress.n_runs, 0)
    hint = "Predict first: this task asks for a guess before each run." if lacks_guess(task, settings) else None
    told = "You have had all your runs. Hand in the best of them." if left == 0 else hint
    show_train_button(task, settings, left, lambda: _train(link, task), key="homework_train", help_text=told)


def _train(link: str, task: Task) -> None:
    settings = free_settings_now(task)
    run_id = homework().submit(link, workspace_token.token(), settings, guess_for(task, settings), visitor())
    guess.clear_questions()
    session.select_run(run_id)
    st.session_state[Key.AGAIN] = True


def _show_state(newest: Run | None, history: History) -> None:
    """How far the newest run is, or how it ended."""
    if newest is None:
        st.markdown("Set the free sliders, then train.")
        return
    now = session.workspace().live(newest.run_id) if newest.unfinished else None
    if now is not None:
        show_progress(now)
    elif newest.unfinished:
        st.progress(0.0, "In training in another process.")
    elif newest.outcome == "finished":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Your last run finished with RMSE **{newest.rmse:.4f}**.", width="content")
            guess.show_answers(newest, history)
    else:
        st.markdown(for_visitors(f"Your last run {VERBS[newest.outcome]} and does not count. {newest.message}"))


def _show_curves(task: Task, progress: Progress, newest: Run | None, history: History, sent: SentState) -> None:
    curves: dict[str, Curve] = {}
    if newest is not None:
        curves["your last run"] = _curve(history)
    if progress.best is not None and newest is not None and progress.best.run_id != newest.run_id:
        curves["your best run"] = _curve(session.own_run(progress.best.run_id).history())
    n_epochs = task.config({}).n_epochs if newest is None else newest.spec.config.n_epochs
    said = "; ".join(f"{name}: {curve[-1][1]:.4f}" for name, curve in curves.items() if curve) or "no run yet"
    figure = rmse_curves(curves, task.goal, n_epochs, session.words(), HEIGHT)
    plot(figure, key="homework_curves", alt=f"Validation RMSE by epoch. {said}.", sent=sent)


def _show_best(task: Task, progress: Progress) -> None:
    """The best against the goal."""
    best, unit = progress.best, session.words().unit
    rmse = "–" if best is None or best.rmse is None else f"{best.rmse:.4f}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric(f"Your best RMSE ({unit})", rmse, width="content")
        if task.goal is None:
            return
        if progress.reached:
            st.badge("Goal reached", icon=":material/check_circle:", color="green")
        elif best is not None and best.rmse is not None:
            st.badge(f"{best.rmse - task.goal:.4f} above the goal", icon=":material/flag:", color="orange")


def _show_runs(task: Task, progress: Progress) -> None:
    """The student's runs for the task, the newest first."""
    if not progress.runs:
        st.caption("Every run for this task will be a line here.")
        return
    rows = [
        {
            "RMSE": run.rmse,
            **{LABELS[name].lower(): format_value(setting_value(run.spec.config, name)) for name in task.free},
            "state": run.outcome,
        }
        for run in progress.runs
    ]
    rmse = st.column_config.NumberColumn(format="%.4f")
    data_table(pd.DataFrame(rows), key="homework_runs", height=TABLE_HEIGHT, column_config={"RMSE": rmse})


def _offer_hand_in(link: str, progress: Progress) -> None:
    """The name to print on the result, and the button that makes it."""
    if progress.best is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Your name, to print on the result",
            max_chars=NAME_LENGTH,
            key=Key.NAME,
            persist_state="session",
        )
        st.button(
            "Make the result",
            key="homework_hand_in",
            icon=":material/assignment_turned_in:",
            on_click=attempt,
            args=(_hand_in, link, name),
        )


def _hand_in(link: str, name: str) -> None:
    st.session_state[Key.RESULT] = homework().hand_in(link, workspace_token.token(), name)
    st.session_state[Key.AGAIN] = True


def _curve(history: History) -> Curve:
    return [(epoch.epoch, epoch.rmse) for epoch in history.epochs]
