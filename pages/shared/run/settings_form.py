"""Sliders for the settings of a run, made from the recipe and from the range and help text of each setting.

Each recipe keeps its own values: the key of a widget names the recipe, so that switching recipes loses nothing. Every
value that differs from the recipe's is in the address.
"""

import math
from typing import Any, Literal

import streamlit as st

from cf_core.config import TrainingConfig, with_settings
from cf_core.settings import SETTINGS, Choice, format_value
from cf_core.training.recipes import Recipe
from pages.shared import session
from pages.shared.choice import choice

LABELS = {
    "n_factors": "Factors",
    "n_epochs": "Epochs",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "weight_decay": "Weight decay",
    "optimizer": "Optimiser",
    "update": "Update",
    "momentum": "Momentum",
    "schedule": "Schedule",
    "cycle_length": "First cycle",
    "cycle_multiplier": "Cycle multiplier",
    "n_hidden": "Hidden units",
    "dropout": "Dropout of the inputs",
    "hidden_dropout": "Dropout of the hidden units",
    "implicit_weight": "Weight of who rated what",
    "rating_decay": "Decay per rating",
    "star_weight": "Weight of ratings in it",
    "seed": "Seed",
}
STEPS = [m * 10.0**e for e in range(-6, 2) for m in (1, 2, 5)]
SCALES: dict[str, list[Any]] = {
    "n_factors": [1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 50, 60, 80, 100, 150, 200],
    "n_epochs": list(range(1, 31)),
    "batch_size": [2**k for k in range(4, 17)],
    "learning_rate": [step for step in STEPS if 1e-4 <= step <= 10],
    "weight_decay": [0.0, *(step for step in STEPS if step <= 0.1)],
    "momentum": [0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99],
    "cycle_length": list(range(1, 11)),
    "cycle_multiplier": [1, 2, 3, 4],
    "n_hidden": [2, 5, 10, 20, 50, 100, 200],
    "dropout": [k / 20 for k in range(19)],
    "hidden_dropout": [k / 20 for k in range(19)],
    "implicit_weight": [0.0, *(step for step in STEPS if 0.1 <= step <= 50)],
    "rating_decay": [0.0, *(step for step in STEPS if 1e-3 <= step <= 1)],
    "star_weight": [k / 20 for k in range(21)],
}
"""The steps of the sliders; the recipe's own value is added where it is missing."""


MAIN = ("n_factors", "n_epochs", "learning_rate", "weight_decay", "batch_size")
"""The settings that are moved most, in sight; the others are folded."""


def settings_form(recipe: Recipe) -> TrainingConfig:
    """Draw the widgets, the most used first; the configuration that they make."""
    config = recipe.config
    values = {name: setting_widget(recipe, name) for name in MAIN}
    changes = st.container()
    with st.expander("More settings", icon=":material/tune:"):
        values |= {name: setting_widget(recipe, name) for name in further_names(recipe)}
        values |= {name: setting_widget(recipe, name) for name in last_names(recipe, values["schedule"] == "cosine")}
    changed = {name: value for name, value in values.items() if value != recipe_value(recipe, name)}
    with changes:
        _show_changes(recipe, changed)
    return with_settings(config, changed)


def further_names(recipe: Recipe) -> list[str]:
    """The settings after the main ones, down to the schedule."""
    update = [] if recipe.config.model.kind == "implicit" else ["update"]
    return ["optimizer", *update, "momentum", "schedule"]


def last_names(recipe: Recipe, with_cycles: bool) -> list[str]:
    """The settings after these: of cosine cycles where there are some, of one kind of model, and the seed."""
    kind = recipe.config.model.kind
    cycles = ["cycle_length", "cycle_multiplier"] if with_cycles else []
    net = ["n_hidden", "dropout", "hidden_dropout"] if kind == "net" else []
    implicit = ["implicit_weight", "star_weight", "rating_decay"] if kind == "implicit" else []
    return [*cycles, *net, *implicit, "seed"]


def take_settings(recipe: Recipe, config: TrainingConfig) -> None:
    """Set the widgets of the recipe as in `config`, where they can show its values. For `on_click`."""
    for name in LABELS:
        value = _value_in(config, name)
        if name not in SCALES or value in steps_of(recipe, name):
            set_value(recipe, name, value)


def nearest_step(recipe: Recipe, name: str, value: float) -> float:
    """The step of a setting's slider that is nearest to `value`, by their ratio."""
    steps: list[float] = [step for step in steps_of(recipe, name) if step > 0]
    return min(steps, key=lambda step: abs(math.log(step / value)))


def set_value(recipe: Recipe, name: str, value: Any) -> None:
    """Set the widget of a setting. For `on_click`: a widget cannot be set once it has been drawn."""
    st.session_state[_key(recipe, name)] = value


def steps_of(recipe: Recipe, name: str) -> list[Any]:
    """The steps of the slider, including the recipe's own value."""
    return sorted({*SCALES[name], recipe_value(recipe, name)})


def label_of(name: str) -> str:
    """What a setting is called, with its unit."""
    label, setting = LABELS[name], SETTINGS[name]
    unit = "" if isinstance(setting, Choice) else setting.unit
    return f"{label} ({unit})" if unit and unit not in label.lower() else label


def help_of(recipe: Recipe, name: str) -> str:
    """What a setting is, and the recipe's value."""
    return (
        f"{session.words().told(SETTINGS[name].help)} The recipe's value is {format_value(recipe_value(recipe, name))}."
    )


def step_text(recipe: Recipe, name: str, step: Any) -> str:
    """A step of the slider, with a mark at the recipe's value."""
    return f"{format_value(step)} ◂ recipe" if step == recipe_value(recipe, name) else format_value(step)


def setting_widget(
    recipe: Recipe, name: str, prefix: str = "", label_visibility: Literal["visible", "collapsed"] = "visible"
) -> Any:
    """One widget, at the recipe's value unless the student has moved it.

    Args:
        prefix: of its key, for another form than that of the page Train.
    """
    value, key, text = recipe_value(recipe, name), prefix + _key(recipe, name), help_of(recipe, name)
    label, setting = label_of(name), SETTINGS[name]
    if isinstance(setting, Choice):
        return choice(
            label,
            list(setting.values),
            default=value,
            key=key,
            help=text,
            in_address=True,
            label_visibility=label_visibility,
        )
    if name == "seed":
        return st.number_input(
            label, 0, 2**31 - 1, value, key=key, help=text, bind="query-params", label_visibility=label_visibility
        )
    return st.select_slider(
        label,
        steps_of(recipe, name),
        value,
        format_func=lambda step: step_text(recipe, name, step),
        key=key,
        help=text,
        bind="query-params",
        label_visibility=label_visibility,
    )


def _key(recipe: Recipe, name: str) -> str:
    return f"{recipe.name}.{name}"


def recipe_value(recipe: Recipe, name: str) -> Any:
    """The recipe's value of a setting."""
    return _value_in(recipe.config, name)


def _value_in(config: TrainingConfig, name: str) -> Any:
    """The value of a setting: of the run, of its model, or of its first phase."""
    for holder in (config, config.model, config.phases[0]):
        if hasattr(holder, name):
            return getattr(holder, name)
    raise KeyError(name)


def _show_changes(recipe: Recipe, changed: dict[str, Any]) -> None:
    if not changed:
        st.caption("All as in the recipe.")
        return
    st.caption("Changed from the recipe; click a change to undo it:")
    with st.container(horizontal=True, gap="small"):
        for name, value in changed.items():
            st.button(
                f"{LABELS[name]}: {format_value(value)} → {format_value(recipe_value(recipe, name))}",
                key=f"back.{name}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_reset,
                args=(recipe, [name]),
            )
        if len(changed) > 1:
            st.button("All back to the recipe", key="back", on_click=_reset, args=(recipe, list(changed)))


def _reset(recipe: Recipe, names: list[str]) -> None:
    for name in names:
        set_value(recipe, name, recipe_value(recipe, name))
