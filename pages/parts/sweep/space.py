"""The search space: beside each setting a switch that varies it, and its slider, which is then a range."""

import math
from typing import Any

import streamlit as st

from cf_core.config import TrainingConfig, with_settings
from cf_core.settings import SETTINGS, Choice
from cf_core.sweeps.space import Domain, Interval, Values
from cf_core.training.recipes import Recipe
from pages.parts.sweep.keys import Key
from pages.shared.run.settings_form import (
    LABELS,
    MAIN,
    further_names,
    help_of,
    label_of,
    last_names,
    nearest_step,
    recipe_value,
    setting_widget,
    step_text,
    steps_of,
)

AT_FIRST = ("n_factors", "learning_rate", "weight_decay")
"""The settings that are varied unless the student says otherwise."""

HALF_A_DECADE = math.sqrt(10)


def choose_space(recipe: Recipe) -> tuple[TrainingConfig, dict[str, Domain]]:
    """The form: what is not varied, as a configuration, and what is, each setting with what it may be."""
    found = {name: _row(recipe, name) for name in MAIN}
    with st.expander("More settings", icon=":material/tune:"):
        found |= {name: _row(recipe, name) for name in further_names(recipe)}
        schedule = found["schedule"]
        with_cycles = "cosine" in (schedule.values if isinstance(schedule, Values) else [schedule])
        found |= {name: _row(recipe, name) for name in last_names(recipe, with_cycles)}
    varied = {name: domain for name, domain in found.items() if isinstance(domain, Interval | Values)}
    fixed = {name: value for name, value in found.items() if name not in varied}
    changed = {name: value for name, value in fixed.items() if value != recipe_value(recipe, name)}
    return with_settings(recipe.config, changed), varied


def _row(recipe: Recipe, name: str) -> Any:
    """The switch and the slider of a setting; the seed has no switch."""
    if name == "seed":
        return setting_widget(recipe, name, Key.FIXED)
    is_varied = st.toggle(
        f"Vary {LABELS[name].lower()}",
        name in AT_FIRST,
        key=f"{Key.VARY}{recipe.name}.{name}",
        help=help_of(recipe, name),
        bind="query-params",
        persist_state="session",
    )
    if not is_varied:
        return setting_widget(recipe, name, Key.FIXED, label_visibility="collapsed")
    return _values(recipe, name) if isinstance(SETTINGS[name], Choice) else _interval(recipe, name)


def _interval(recipe: Recipe, name: str) -> Interval:
    setting, steps = SETTINGS[name], range_steps(recipe, name)
    assert not isinstance(setting, Choice)
    low, high = st.select_slider(
        f"{label_of(name)}, from and to",
        steps,
        range_at_first(recipe, name),
        format_func=lambda step: step_text(recipe, name, step),
        key=f"{Key.RANGE}{recipe.name}.{name}",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return Interval(low, high, setting.log)


def _values(recipe: Recipe, name: str) -> Values:
    setting = SETTINGS[name]
    assert isinstance(setting, Choice)
    chosen = st.multiselect(
        f"{label_of(name)}, any of",
        list(setting.values),
        list(setting.values),
        key=f"{Key.RANGE}{recipe.name}.{name}",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return Values(tuple(chosen))


def range_steps(recipe: Recipe, name: str) -> list[Any]:
    """The steps of a range: those of the slider, without the 0 where the setting is varied by decades."""
    setting = SETTINGS[name]
    is_log = not isinstance(setting, Choice) and setting.log
    return [step for step in steps_of(recipe, name) if step > 0 or not is_log]


def range_at_first(recipe: Recipe, name: str) -> tuple[Any, Any]:
    """A decade around the recipe's value; all steps where that is 0."""
    value, steps = recipe_value(recipe, name), range_steps(recipe, name)
    if value <= 0:
        return steps[0], steps[-1]
    return nearest_step(recipe, name, value / HALF_A_DECADE), nearest_step(recipe, name, value * HALF_A_DECADE)
