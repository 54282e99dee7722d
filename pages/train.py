"""Train a model: settings in the sidebar, live curves, and beside them what the model learns."""

from enum import StrEnum

import streamlit as st

from cf_core.charts.run.curves import Metric
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.teaching.cautions import cautions
from cf_core.training.recipes import Recipe
from pages.parts.train.goal import show_goals
from pages.parts.train.inside import inside
from pages.parts.train.settings import choose_recipe, choose_settings, show_difference
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt, escape_markdown
from pages.shared.run import guess
from pages.shared.run.controls import show_continuation
from pages.shared.run.metric import choose_metric
from pages.shared.run.view import show_run


class Key(StrEnum):
    """Session key."""

    SMOOTHING = "train_smoothing"


SMOOTHING = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99]  # strengths of the training loss's average


def choose_looks() -> tuple[Metric, float]:
    with st.popover("Chart", icon=":material/show_chart:", key="train_looks"):
        metric = choose_metric()
        smoothing = st.select_slider(
            "Smoothing",
            SMOOTHING,
            0.9,
            key=Key.SMOOTHING,
            help="Share of the running average of the training loss that each new loss leaves in place. 0 draws no "
            "average.",
        )
    return metric, smoothing


def show_start(recipe: Recipe, config: TrainingConfig, n_train: int, run_view: RunView | None) -> tuple[Metric, float]:
    with st.container(horizontal=True, vertical_alignment="center", key="train_start"):
        st.button(
            f"Train {recipe.name}",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            on_click=attempt,
            args=(guess.start, config),
        )
        guess.show_questions(cached.baselines(session.ratings(), SplitConfig()))
        if isinstance(run_view, OwnRun) and not run_view.run.unfinished:
            show_continuation(run_view.run)
        looks = choose_looks()
        for caution in cautions(config, n_train):
            st.markdown(f":orange[:material/lightbulb:] {escape_markdown(caution)}", width="stretch")
    return looks


page_header(
    "Train",
    "Gradient descent nudges factors and biases until the predicted ratings fit the known ones. The training curve "
    "says how well the model fits what it has seen, the validation curve how well it predicts what it has not.",
    "recipes 1 to 4, from top to bottom; then a far too high learning rate.",
)
n_train = len(cached.split(session.ratings(), SplitConfig()).train_rows)
run_view = session.selected_run()
with st.sidebar:
    recipe = choose_recipe()
    config, n_batches = choose_settings(recipe, n_train)
    if run_view is not None:
        show_difference(run_view.run, config)
metric, smoothing = show_start(recipe, config, n_train, run_view)
if run_view is None:
    show_goals(recipe, config, n_batches, metric)
else:
    show_run(run_view, metric=metric, smoothing=smoothing, beside=inside(run_view))
