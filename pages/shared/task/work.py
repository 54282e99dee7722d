"""A task as a student meets it: what it asks for, and the sliders of the settings that are free."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from cf_core.settings import format_value
from cf_core.tasks.task import Task
from cf_core.training.recipes import recipe
from pages.shared import session
from pages.shared.messages import escape_markdown
from pages.shared.run.recipe_box import NAMES
from pages.shared.run.settings_form import LABELS, MAIN, SCALES, recipe_value, setting_widget, steps_of
from pages.shared.split_choice import split_name

LINE = 160
"""So many characters of a task's words are in sight; the rest is behind a button."""


def show_task(task: Task) -> None:
    """Title, words, goal, and what is locked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="task_head"):
        st.subheader(escape_markdown(task.title), anchor=False, width="content")
        if task.goal is not None:
            st.badge(f"Goal: RMSE {task.goal:.4f} {session.words().unit} or less", icon=":material/flag:", color="blue")
        with st.popover("What is set", icon=":material/lock:", type="tertiary", key="task_set"):
            st.markdown("\n".join(f"- {escape_markdown(line)}" for line in what_is_set(task)))
    first, rest = _first_line(task.text)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="task_words"):
        st.markdown(escape_markdown(first), width="content")
        if rest:
            with st.popover("The whole task", icon=":material/article:", type="tertiary", key="task_text"):
                st.markdown(escape_markdown(task.text).replace("\n", "  \n"))


def what_is_set(task: Task) -> list[str]:
    """What a student cannot change, a line each: recipe, split, and the settings that are locked."""
    base = recipe(task.recipe)
    locked = [name for name in dict.fromkeys([*MAIN, *task.fixed]) if name not in task.free]
    values = {name: task.fixed.get(name, recipe_value(base, name)) for name in locked}
    lines = [f"Recipe: {NAMES.get(task.recipe, task.recipe)}", f"Validation: {split_name(task.split)}"]
    lines += [f"{LABELS.get(name, name)}: {format_value(value)}" for name, value in values.items()]
    return [*lines, "all else as in the recipe"]


def choose_free_settings(task: Task) -> dict[str, Any]:
    """In the sidebar, a widget for every free setting, and what is locked as text; the free settings' values."""
    base, prefix = recipe(task.recipe), _prefix(task)
    with st.sidebar:
        values = {name: setting_widget(base, name, prefix) for name in task.free}
        st.caption(f":material/lock: {escape_markdown('; '.join(what_is_set(task)))}.")
    return values


def free_settings_now(task: Task) -> dict[str, Any]:
    """What the widgets of the free settings say at this moment. For `on_click`, whose arguments would be what they said
    when the button was last drawn: who moves a slider and presses at once means where it is now."""
    base, prefix = recipe(task.recipe), _prefix(task)
    return {name: st.session_state.get(f"{prefix}{base.name}.{name}", recipe_value(base, name)) for name in task.free}


def take_settings(task: Task, settings: Mapping[str, Any]) -> None:
    """Set the widgets of the free settings, where they can show these values. For `on_click`."""
    base = recipe(task.recipe)
    for name in task.free:
        if name in settings and (name not in SCALES or settings[name] in steps_of(base, name)):
            st.session_state[f"{_prefix(task)}{base.name}.{name}"] = settings[name]


def _prefix(task: Task) -> str:
    """Of the keys of a task's widgets, which are in the address, too: short, and different for every task."""
    record = json.dumps(task.to_json(), sort_keys=True)
    return f"task_{hashlib.sha256(record.encode()).hexdigest()[:8]}."


def _first_line(text: str) -> tuple[str, str]:
    """The beginning of a text that fits a line, and whatever comes after it."""
    first, _, rest = text.strip().partition("\n")
    if len(first) <= LINE:
        return first, rest.strip()
    cut = first[:LINE].rsplit(" ", 1)[0]
    return f"{cut} …", text.strip()[len(cut) :]
