"""The box of the recipes, with their story in the lesson."""

import streamlit as st

from cf_core.config import TrainingConfig
from cf_core.teaching.recipe_stories import RECIPE_STORIES, Story
from cf_core.training.recipes import RECIPES, Recipe
from pages.shared import address, session
from pages.shared.messages import escape_markdown
from pages.shared.run.settings_form import take_settings
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


def take_over(config: TrainingConfig) -> None:
    """Choose the recipe of a run on the page Train, and set its sliders as in the run. For `on_click`."""
    st.session_state[Key.RECIPE] = config.recipe
    take_settings(RECIPES[config.recipe], config)


def _show_story(story: Story) -> None:
    with st.popover(
        session.words().told(story.title), icon=":material/menu_book:", key="recipe_story", width="stretch"
    ):
        st.markdown(session.words().told(f"**{story.teaser}**"))
        st.markdown(session.words().told(story.markdown))


def _story(recipe: Recipe) -> str:
    told = session.words().told(f"{recipe.title}. In the lesson: {recipe.lesson_section}. {recipe.note}")
    return escape_markdown(told.strip())
