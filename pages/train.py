"""Train a model: settings in the sidebar, live curves, and beside them what the model learns."""

from enum import StrEnum

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.teaching.cautions import cautions
from pages.parts.train.goal import show_goals
from pages.parts.train.inside import inside
from pages.parts.train.prediction import watch_chosen
from pages.parts.train.settings import choose_settings, show_difference, show_lesson_figure
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt, escape_markdown
from pages.shared.run import guess
from pages.shared.run.controls import show_continuation
from pages.shared.run.metric import choose_metric
from pages.shared.run.recipe_box import choose_recipe
from pages.shared.run.view import ROW, Bar, CurveLook, show_run
from pages.shared.split_choice import choose_split, split_name, take_lesson_split


class Key(StrEnum):
    """Session key."""

    SMOOTHING = "train_smoothing"


SMOOTHING = [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99]  # strengths of the training loss's average


def choose_look() -> CurveLook:
    with st.popover("Chart", icon=":material/show_chart:", key="train_looks"):
        metric = choose_metric()
        smoothing = st.select_slider(
            "Smoothing",
            SMOOTHING,
            0.9,
            key=Key.SMOOTHING,
            persist_state="session",
            help="Share of the running average of the training loss that each new loss leaves in place. 0 draws no "
            "average.",
        )
    return CurveLook(metric, smoothing)


def start(config: TrainingConfig, split: SplitConfig) -> None:
    """Start a run that reports the prediction which the student follows. For `on_click`."""
    watch_chosen(guess.start(config, split))


def bar_of(config: TrainingConfig, split: SplitConfig, run_view: RunView | None) -> Bar:
    """What the page offers above the curves."""

    def show_start() -> None:
        st.button(
            "Train",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            on_click=attempt,
            args=(start, config, split),
        )

    def show_offers() -> None:
        guess.show_questions(cached.baselines(session.ratings(), split), split)
        if isinstance(run_view, OwnRun) and not run_view.run.unfinished:
            show_continuation(run_view.run)

    return Bar(show_start, show_offers, choose_look)


def show_advice(config: TrainingConfig, split: SplitConfig, n_train: int) -> None:
    """What to know before the start: another split than the lesson's, and settings that will not go well."""
    if split != SplitConfig():
        with st.container(horizontal=True, vertical_alignment="center", key="train_split"):
            st.markdown(
                f":material/call_split: The next run validates **{escape_markdown(split_name(split))}**.",
                width="content",
            )
            st.button("Back to the lesson's split", key="lesson_split", type="tertiary", on_click=take_lesson_split)
    words = session.words()
    for caution in cautions(config, n_train, session.ratings()):
        st.markdown(f":orange[:material/lightbulb:] {escape_markdown(words.told(caution))}")


page_header(
    "Train",
    "Gradient descent nudges factors and biases until the predicted ratings fit the known ones. The training curve "
    "says how well the model fits what it has seen, the validation curve how well it predicts what it has not.",
    "recipes 1 to 4, from top to bottom; then a far too high learning rate.",
)
run_view = session.selected_run()
with st.sidebar:
    recipe = choose_recipe()
    settings = st.container()
    with st.expander("Split: who validates", icon=":material/call_split:"):
        split = choose_split(session.ratings())
n_train = len(cached.split(session.ratings(), split).train_rows)
with settings:
    show_lesson_figure(recipe, split, None if run_view is None else run_view.run)
    config, n_batches = choose_settings(recipe, split, n_train)
    if run_view is not None:
        show_difference(run_view.run, config)
show_advice(config, split, n_train)
bar = bar_of(config, split, run_view)
if run_view is None:
    with st.container():  # as Streamlit puts around a fragment: or the curves of a run would first stand below these
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=ROW):
            bar.start()
            bar.offers()
            look = bar.look()
        show_goals(recipe, config, split, n_batches, look.metric)
else:
    show_run(run_view, bar, inside(run_view))
