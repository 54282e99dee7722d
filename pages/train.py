"""Train a model: recipe and settings, live curves, the outcome in words, and what there is to see inside the run."""

from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.charts.run.schedule import schedule_preview
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.run_views import RunView
from cf_core.teaching.cautions import cautions
from cf_core.training.recipes import RECIPES, Recipe
from cf_core.training.schedules import preview
from pages.parts.train.inside import marked_epoch, seconds_of_play, show_views
from pages.parts.train.rate_finder import show_rate_finder
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import attempt, escape_markdown
from pages.shared.plot import plot
from pages.shared.run import guess
from pages.shared.run.curves import show_goal
from pages.shared.run.outcome import introduce
from pages.shared.run.settings_form import settings_form
from pages.shared.run.view import show_run


class Key(StrEnum):
    """Session keys; `RECIPE` is a parameter of the address, too."""

    RECIPE = "recipe"
    METRIC = "train_metric"
    SMOOTHING = "train_smoothing"


SMOOTHING = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99]  # strengths of the training loss's average


def choose_recipe() -> Recipe:
    help_text = "A configuration with a name; the first four are the lesson's, in its order."
    name = st.selectbox("Recipe", list(RECIPES), key=Key.RECIPE, bind="query-params", help=help_text)
    recipe = RECIPES[name]
    st.caption(f"{recipe.title}. In the lesson: {recipe.lesson_section}. {recipe.note}".strip())
    return recipe


def show_schedule(config: TrainingConfig, n_batches: int) -> None:
    frame = preview(config, n_batches)
    low, high = frame["learning_rate"].min(), frame["learning_rate"].max()
    plot(schedule_preview(frame), key="schedule", alt=f"Learning rate by epoch, between {low:.2g} and {high:.2g}.")


def show(run_view: RunView | None, config: TrainingConfig, n_batches: int) -> None:
    if run_view is None:
        st.info("Press the button and the curves grow here.", icon=":material/show_chart:")
        show_goal(config, n_batches)
        return
    introduce(run_view.run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric: Metric = choice("Loss as", get_args(Metric), key=Key.METRIC, format_func=str.upper)
        smoothing = st.select_slider(
            "Smoothing",
            SMOOTHING,
            0.9,
            key=Key.SMOOTHING,
            width=220,
            help="Share of the running average of the training loss that each new loss leaves in place. 0 draws no "
            "average.",
        )
    show_run(
        run_view,
        metric=metric,
        smoothing=smoothing,
        marked_epoch=marked_epoch,
        every=seconds_of_play(),
    )
    show_views(run_view)


page_header(
    "Train",
    "Gradient descent nudges factors and biases until the predicted ratings fit the known ones. The training curve "
    "says how well the model fits what it has seen, the validation curve how well it predicts what it has not.",
    "run the recipes from top to bottom and see what biases are worth; then give one a far too high learning rate.",
)
recipe = choose_recipe()
split = cached.split(session.ratings(), SplitConfig())
n_train = len(split.train_rows)
run_side, settings_side = st.columns([5, 3], gap="medium")
with settings_side.expander("Settings", expanded=True, icon=":material/tune:"):
    config = settings_form(recipe)
    n_batches = -(-n_train // config.batch_size)
    show_schedule(config, n_batches)
    show_rate_finder(recipe, config, n_batches)
with run_side:
    for caution in cautions(config, n_train):
        st.warning(escape_markdown(caution), icon=":material/lightbulb:")
    guess.show_questions(cached.baselines(session.ratings(), SplitConfig()))
    st.button(
        f"Train {recipe.name}",
        key="start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=attempt,
        args=(guess.start, config),
    )
    show(session.selected_run(), config, n_batches)
