"""Train a model: recipe and sliders, live curves, the outcome in words, the model as PyTorch prints it."""

from typing import cast

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.charts.run.schedule import schedule_preview
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.run_views import RunView
from cf_core.teaching.cautions import cautions
from cf_core.training.recipes import RECIPES, Recipe
from cf_core.training.schedules import preview
from pages.parts.train.inside import look_inside
from pages.parts.train.rate_finder import show_rate_finder
from pages.shared import cached, session
from pages.shared.app_frame import heading
from pages.shared.messages import attempt, plain
from pages.shared.plot import plot
from pages.shared.run import guess
from pages.shared.run.outcome import introduce
from pages.shared.run.settings_form import settings_form
from pages.shared.run.view import show_goal, show_run

SMOOTHING = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99]  # strengths of the training loss's average


def choose_recipe() -> Recipe:
    help_text = "A configuration with a name; the first four are the lesson's, in its order."
    name = st.selectbox("Recipe", list(RECIPES), key="recipe", bind="query-params", help=help_text)
    recipe = RECIPES[name]
    st.caption(f"{recipe.title}. In the lesson: {recipe.lesson_section}. {recipe.note}".strip())
    return recipe


def n_train() -> int:
    """How many ratings of the chosen data there are to train on."""
    ratings = session.ratings()
    return len(cached.lesson_split(ratings.fingerprint, ratings).train_rows)


def schedule(config: TrainingConfig, n_batches: int) -> None:
    frame = preview(config, n_batches)
    low, high = frame["learning_rate"].min(), frame["learning_rate"].max()
    plot(schedule_preview(frame), key="schedule", alt=f"Learning rate by epoch, between {low:.2g} and {high:.2g}.")


def show(chosen: RunView | None, config: TrainingConfig, n_batches: int) -> None:
    if chosen is None:
        st.info("Press the button and the curves grow here.", icon=":material/show_chart:")
        show_goal(config, n_batches)
        return
    introduce(chosen.run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = st.segmented_control(
            "Loss as", ["mse", "rmse"], format_func=str.upper, default="mse", required=True, key="metric"
        )
        smoothing = st.select_slider(
            "Smoothing",
            SMOOTHING,
            0.9,
            key="smoothing",
            width=220,
            help="How much of the average of the training losses so far each new loss leaves in place. 0 draws none.",
        )
    show_run(chosen, cast(Metric, metric), smoothing)
    look_inside(chosen)


heading(
    "Train",
    "Gradient descent nudges factors and biases until the predicted ratings fit the known ones. The training curve "
    "says how well the model fits what it has seen, the validation curve how well it guesses what it has not.",
    "run the recipes from top to bottom and see what biases are worth; then give one a far too high learning rate.",
)
recipe = choose_recipe()
run_side, settings_side = st.columns([5, 3], gap="medium")
with settings_side.expander("Settings", expanded=True, icon=":material/tune:"):
    config = settings_form(recipe)
    n_batches = -(-n_train() // config.batch_size)
    schedule(config, n_batches)
    show_rate_finder(recipe, config, n_batches)
with run_side:
    for caution in cautions(config, n_train()):
        st.warning(plain(caution), icon=":material/lightbulb:")
    guess.ask(cached.baselines(session.ratings(), SplitConfig()))
    st.button(
        f"Train {recipe.name}",
        key="start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=attempt,
        args=(guess.start, config),
    )
    show(session.chosen(), config, n_batches)
