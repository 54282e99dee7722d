"""The form in which a teacher makes a task: in words, and in a table of settings that are free or locked at a value.

It is meant for somebody in front of a class, so that all of it has a sensible default. Data set and split are those of
the usual boxes.
"""

from typing import Any

import streamlit as st

from cf_core.errors import ConfigError
from cf_core.settings import SETTINGS, Choice
from cf_core.tasks.task import MOST_RUNS, TEXT_LENGTH, TITLE_LENGTH, Task
from cf_core.training.recipes import RECIPES, Recipe, recipe
from pages.shared import address, session
from pages.shared.messages import show_error
from pages.shared.run.recipe_box import NAMES
from pages.shared.run.settings_form import (
    LABELS,
    MAIN,
    further_names,
    help_of,
    last_names,
    recipe_value,
    step_text,
    steps_of,
)
from pages.shared.split_choice import choose_split

TITLE = "As low as you can"
TEXT = "Set the sliders that are free, train, and bring the validation RMSE as low as you can."
FREE = ("n_factors", "learning_rate")
"""What students choose unless the teacher says otherwise."""
ROW = [2, 3]
"""Widths of a setting's name and of its value."""


def choose_task(key_prefix: str, *, with_goal: bool) -> Task | None:
    """The form, and in the sidebar the split; the task that they make. None where they make none yet, which a message
    then explains.

    Args:
        key_prefix: of the keys in the session and of the parameters of the address.
        with_goal: whether the task may have an RMSE to reach.
    """
    with st.sidebar, st.expander("Split: who validates", icon=":material/call_split:"):
        split = choose_split(session.ratings())
    words_side, settings_side = st.columns([2, 3], gap="large")
    with words_side:
        title, text, chosen = _choose_words(key_prefix)
        most_runs, goal = _choose_limits(key_prefix, with_goal)
        asks_guesses = st.toggle(
            "Students guess before each run", key=f"{key_prefix}.guesses", bind="query-params", persist_state="session"
        )
    with settings_side:
        free, fixed = _choose_settings(key_prefix, chosen)
    try:
        return Task(
            title.strip(),
            text.strip(),
            session.data_folder(),
            split,
            chosen.name,
            fixed,
            tuple(free),
            most_runs,
            asks_guesses,
            goal,
        )
    except ConfigError as error:
        show_error(error)
        return None


def _choose_words(key_prefix: str) -> tuple[str, str, Recipe]:
    """Title, text, and what the runs start from."""
    title = st.text_input(
        "Title", TITLE, TITLE_LENGTH, key=f"{key_prefix}.title", bind="query-params", persist_state="session"
    )
    text = st.text_area(
        "The task in words",
        TEXT,
        height=88,
        max_chars=TEXT_LENGTH,
        key=f"{key_prefix}.text",
        bind="query-params",
        persist_state="session",
    )
    key = f"{key_prefix}.recipe"
    if key not in st.session_state:
        named = st.query_params.get(key)
        st.session_state[key] = named if named in RECIPES else session.chosen_recipe("fast")
    name = st.selectbox(
        "Recipe",
        list(RECIPES),
        format_func=lambda name: NAMES.get(name, name),
        key=key,
        persist_state="session",
        help="What every run starts from. *Fast* gives a class its answers within seconds.",
    )
    address.keep(key, name)
    return title, text, recipe(name)


def _choose_limits(key_prefix: str, with_goal: bool) -> tuple[int | None, float | None]:
    """The most runs of a student, and the RMSE to reach; None where there is none."""
    runs_side, goal_side = st.columns(2)
    most_runs = runs_side.number_input(
        "Runs each",
        1,
        MOST_RUNS,
        None,
        placeholder="any number",
        key=f"{key_prefix}.most_runs",
        bind="query-params",
        persist_state="session",
        help="How many runs each student may train; deleted ones count. Few runs make them think first.",
    )
    if not with_goal:
        return most_runs, None
    goal = goal_side.number_input(
        f"Goal: RMSE ({session.words().unit})",
        0.0,
        None,
        None,
        0.001,
        "%.4f",
        placeholder="none",
        key=f"{key_prefix}.goal",
        bind="query-params",
        persist_state="session",
        help="The validation RMSE that a run has to reach, or to go below.",
    )
    return most_runs, goal


def _choose_settings(key_prefix: str, chosen: Recipe) -> tuple[list[str], dict[str, Any]]:
    """The table of settings: the names of the free ones, and the values of those locked at another than the
    recipe's."""
    st.markdown("**Settings**, switched on: students choose; off: locked at the value")
    free: list[str] = []
    locked: dict[str, Any] = {}

    def row(name: str) -> None:
        value = _choose_setting(key_prefix, chosen, name)
        if value is None:
            free.append(name)
        else:
            locked[name] = value

    for name in MAIN:
        row(name)
    with st.expander("More settings", icon=":material/tune:"):
        for name in further_names(chosen):
            row(name)
        with_cycles = locked.get("schedule", "cosine") == "cosine"  # students who choose it may choose cosine
        for name in last_names(chosen, with_cycles):
            row(name)
    return free, {name: value for name, value in locked.items() if value != recipe_value(chosen, name)}


def _choose_setting(key_prefix: str, chosen: Recipe, name: str) -> Any | None:
    """A row of the table: the value that a setting is locked at; None for a free one."""
    switch_side, value_side = st.columns(ROW, vertical_alignment="center")
    is_free = switch_side.toggle(
        LABELS[name],
        name in FREE,
        key=f"{key_prefix}.free.{name}",
        help=help_of(chosen, name),
        bind="query-params",
        persist_state="session",
    )
    with value_side:
        if is_free:
            st.caption(f"Students choose; it begins at {step_text(chosen, name, recipe_value(chosen, name))}.")
            return None
        return _choose_value(chosen, name, f"{key_prefix}.{chosen.name}.{name}")


def _choose_value(chosen: Recipe, name: str, key: str) -> Any:
    """The box of the values that a setting can be locked at, at first the recipe's."""
    value, setting = recipe_value(chosen, name), SETTINGS[name]
    if name == "seed":
        return st.number_input(
            LABELS[name],
            0,
            2**31 - 1,
            value,
            key=key,
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
        )
    steps = list(setting.values) if isinstance(setting, Choice) else steps_of(chosen, name)
    return st.selectbox(
        LABELS[name],
        steps,
        steps.index(value),
        format_func=lambda step: step_text(chosen, name, step),
        key=key,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
