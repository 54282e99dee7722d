"""The button that trains for a task, and the guess that some tasks ask for first."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cf_core.tasks.task import Task
from cf_core.teaching.guesses import Guess
from pages.shared import cached, session
from pages.shared.messages import attempt
from pages.shared.run import guess


def show_train_button(
    task: Task,
    settings: Mapping[str, Any],
    left: int | None,
    train: Callable[[], object],
    *,
    key: str,
    help_text: str | None = None,
) -> None:
    """The button, and beside it the questions where the task asks them. It waits for a guess, and for runs to be left.

    Args:
        settings: the free settings as they are now.
        left: how many runs the student may still have; None for any number.
        train: called at the click.
    """
    st.button(
        "Train" if left is None else f"Train ({left} left)",
        key=key,
        type="primary",
        icon=":material/play_arrow:",
        disabled=lacks_guess(task, settings) or left == 0,
        help=help_text,
        on_click=attempt,
        args=(train,),
    )
    if task.asks_guesses and left != 0:
        guess.show_questions(cached.baselines(session.ratings(), task.split), task.split)


def lacks_guess(task: Task, settings: Mapping[str, Any]) -> bool:
    """Whether a run waits for a guess."""
    return task.asks_guesses and guess_for(task, settings) is None


def guess_for(task: Task, settings: Mapping[str, Any]) -> Guess | None:
    """What the student guesses of a run with these settings; None where the task asks for nothing, or nothing is
    guessed yet."""
    return guess.guess_now(task.config(settings), task.split) if task.asks_guesses else None
