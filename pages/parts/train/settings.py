"""The sidebar of the Train page: settings, the schedule that they make, the learning-rate finder."""

import math

import streamlit as st

from cf_core.charts.run.schedule import schedule_preview
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run
from cf_core.teaching.config_diff import differing_settings
from cf_core.training.recipes import Recipe
from cf_core.training.schedules import preview
from pages.parts.train.rate_finder import show_rate_finder
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.run.lesson import lesson_losses
from pages.shared.run.metric import metric_now
from pages.shared.run.recipe_box import take_over
from pages.shared.run.settings_form import settings_form

N_NAMED = 2
"""So many settings in which the sliders differ from the run are named."""


def show_lesson_figure(recipe: Recipe, split: SplitConfig, run: Run | None) -> None:
    """What the lesson reaches with a recipe, while the page shows a run of another one."""
    with st.container():  # a place of its own: what comes and goes would move the settings below it
        losses = lesson_losses(recipe.name, split)
        if run is not None and run.spec.config.recipe != recipe.name and losses:
            mse, metric = losses[-1], metric_now()
            st.caption(f"To beat, the lesson's {metric.upper()}: {mse if metric == 'mse' else math.sqrt(mse):.3f}")


def choose_settings(recipe: Recipe, split: SplitConfig, n_train: int) -> tuple[TrainingConfig, int]:
    """The sliders; the configuration, and how many batches an epoch has with it.

    Args:
        split: that the run will be trained on.
        n_train: its number of training ratings.
    """
    config = settings_form(recipe)
    n_batches = -(-n_train // config.batch_size)
    with st.expander("Learning rate: plan and finder", icon=":material/troubleshoot:"):
        _show_schedule(config, n_batches)
        show_rate_finder(recipe, config, split, n_batches)
    return config, n_batches


def _show_schedule(config: TrainingConfig, n_batches: int) -> None:
    frame = preview(config, n_batches)
    low, high = frame["learning_rate"].min(), frame["learning_rate"].max()
    plot(schedule_preview(frame), key="schedule", alt=f"Learning rate by epoch, between {low:.2g} and {high:.2g}.")


def show_difference(run: Run, config: TrainingConfig) -> None:
    """Where the run that is shown was trained with other settings than the sliders have: in which, and the button that
    takes them over."""
    differences = differing_settings(run.spec.config, config)
    if not differences:
        return
    named = [f"{one.setting} {one.first}, here {one.second}" for one in differences[:N_NAMED]]
    more = len(differences) - len(named)
    others = f" and {more} more" if more else ""
    st.caption(escape_markdown(f"The run shown has other settings: {'; '.join(named)}{others}."))
    st.button(
        "Take those of the run",
        key="take_settings",
        type="tertiary",
        icon=":material/input:",
        on_click=take_over,
        args=(run.spec.config,),
    )
