"""Train a model: recipe and sliders, live curves, the outcome in words, the model as PyTorch prints it."""

import math
from typing import cast

import pandas as pd
import streamlit as st

from cf_core.charts.curves import Metric, schedule_preview
from cf_core.runs.spec import UNFINISHED, Run
from cf_core.training.config import TrainingConfig
from cf_core.training.history import History
from cf_core.training.recipes import RECIPES, Recipe
from cf_core.training.schedules import preview
from pages.shared import loaders, session
from pages.shared.frame import heading
from pages.shared.plot import plot
from pages.shared.settings_form import settings_form
from pages.shared.widgets import plain, run_in_training, show_curves


def choose_recipe() -> Recipe:
    name = st.selectbox(
        "Recipe",
        list(RECIPES),
        format_func=lambda name: f"{name} · {RECIPES[name].title}",
        key="recipe",
        bind="query-params",
        help="A configuration with a name; the first four are the lesson's, in its order.",
    )
    return RECIPES[name]


def schedule(config: TrainingConfig) -> None:
    ratings = session.ratings()
    n_train = len(loaders.lesson_split(ratings.fingerprint, ratings).train_rows)
    frame = preview(config, -(-n_train // config.batch_size))
    low, high = frame["learning_rate"].min(), frame["learning_rate"].max()
    plot(schedule_preview(frame), key="schedule", alt=f"Learning rate by epoch, between {low:.2g} and {high:.2g}.")


def outcome(run: Run, history: History) -> None:
    """How a run ended, in words and numbers."""
    if run.outcome in ("diverged", "failed", "interrupted"):
        verb = {"diverged": "diverged", "failed": "failed", "interrupted": "was interrupted"}[run.outcome]
        st.error(plain(f"The run {verb}. {run.message}"), icon=":material/error:")
    elif run.outcome == "stopped":
        st.warning(f"Stopped after {run.n_epochs_done} whole epochs; the weights are as they were then.")
    if not history.epochs:
        return
    last, lesson = history.epochs[-1], RECIPES[run.spec.config.recipe].lesson_valid_losses
    difference = f"{last.valid_loss - lesson[-1]:+.3f} to the lesson" if len(lesson) == len(history.epochs) else None
    numbers = st.columns(4)
    numbers[0].metric("Validation MSE", f"{last.valid_loss:.3f}", difference, delta_color="inverse")
    numbers[1].metric("RMSE, stars", f"{last.rmse:.3f}", help="Root of the validation MSE.")
    numbers[2].metric("MAE, stars", f"{last.mae:.3f}", help="How far off a prediction is on average.")
    numbers[3].metric("Ratings a second", f"{last.ratings_per_second:,.0f}")


def printed_model(history: History) -> None:
    """The model of a run as PyTorch prints it, and its weights by layer."""
    if history.started is None:
        return
    with st.expander(f"The model: {history.started.n_parameters:,} numbers to learn"):
        st.code(history.started.model, language=None)
        shapes = history.started.layers
        sizes = pd.DataFrame(
            {
                "weights": list(shapes),
                "shape": [" × ".join(f"{n:,}" for n in shape) for shape in shapes.values()],
                "numbers": [math.prod(shape) for shape in shapes.values()],
            }
        )
        st.dataframe(sizes, hide_index=True)


def show(run: Run | None) -> None:
    if run is None:
        st.info("Press Start and the curves grow here.", icon=":material/show_chart:")
        return
    metric = cast(
        Metric,
        st.segmented_control(
            "Loss as", ["mse", "rmse"], format_func=str.upper, default="mse", required=True, key="metric"
        ),
    )
    if run.outcome in UNFINISHED:
        run_in_training(run, metric)
        return
    history = loaders.runs().store.history(run.run_id)
    outcome(run, history)
    show_curves(run, history, metric)
    printed_model(history)


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
    schedule(config)
with run_side:
    st.button(
        f"Train {recipe.name}",
        key="start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=session.start_run,
        args=(config,),
    )
    show(session.chosen_run())
