"""The sidebar of the Train page: recipe, settings, the schedule that they make, the learning-rate finder."""

import math

import streamlit as st

from cf_core.charts.run.schedule import schedule_preview
from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run
from cf_core.teaching.config_diff import differing_settings
from cf_core.teaching.recipe_stories import RECIPE_STORIES, Story
from cf_core.training.recipes import RECIPES, Recipe
from cf_core.training.schedules import preview
from pages.parts.train.rate_finder import show_rate_finder
from pages.shared import address, session
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.run.lesson import lesson_losses
from pages.shared.run.metric import metric_now
from pages.shared.run.settings_form import settings_form, take_settings
from pages.shared.session import Key

NAMES = {
    "notebook-dot": "1 · Dot product",
    "notebook-bias": "2 · + biases",
    "notebook-net": "3 · Neural net",
    "notebook-learner": "4 · Library's learner (start here)",
    "fast": "Fast: five factors, seconds",
    "best": "Best: learns from who rated what",
    "rank": "Rank: what you would pick",
}
"""What the list calls the recipes."""

N_NAMED = 2
"""So many settings in which the sliders differ from the run are named."""


def choose_recipe() -> Recipe:
    """The box of the recipes."""
    help_text = "\n".join(f"- **{NAMES.get(name, name)}** ({name}): {_story(one)}" for name, one in RECIPES.items())
    names, in_address = list(RECIPES), st.query_params.get(Key.RECIPE)
    if Key.RECIPE not in st.session_state and in_address in RECIPES:
        st.session_state[Key.RECIPE] = in_address
    name = st.selectbox(
        "Recipe",
        names,
        key=Key.RECIPE,
        format_func=lambda name: NAMES.get(name, name),
        persist_state="session",
        help=help_text,
    )
    st.session_state[Key.CHOSEN_RECIPE] = name  # for other pages, where the box is not
    address.keep(Key.RECIPE, name if name != names[0] else None)
    if name in RECIPE_STORIES:
        _show_story(RECIPE_STORIES[name])
    return RECIPES[name]


def _show_story(story: Story) -> None:
    with st.popover(
        session.words().told(story.title), icon=":material/menu_book:", key="recipe_story", width="stretch"
    ):
        st.markdown(session.words().told(f"**{story.teaser}**"))
        st.markdown(session.words().told(story.markdown))


def _story(recipe: Recipe) -> str:
    told = session.words().told(f"{recipe.title}. In the lesson: {recipe.lesson_section}. {recipe.note}")
    return escape_markdown(told.strip())


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
        on_click=_take,
        args=(run.spec.config,),
    )


def _take(config: TrainingConfig) -> None:
    st.session_state[Key.RECIPE] = config.recipe
    take_settings(RECIPES[config.recipe], config)
