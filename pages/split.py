"""The split: which ratings are for training and which for validation, at random, by time, or the last of each user."""

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError
from cf_core.training.recipes import RECIPES
from pages.parts.split.cached import told
from pages.parts.split.keys import Key
from pages.parts.split.views import compare_splits, show_split, show_unseen
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt, show_error
from pages.shared.split_choice import EXPLANATIONS, choose_split
from pages.shared.steps import BY_NAME

AT_FIRST = "notebook-learner"  # the recipe that is trained where none has been chosen
TABLE_HEIGHT = 142  # pixels of the table of three splits


def train_on(config: SplitConfig) -> None:
    """Start a run of the recipe chosen last on this split. For `on_click`; the page then changes to Train."""
    recipe = RECIPES[session.chosen_recipe(AT_FIRST)]
    st.session_state[Key.STARTED] = session.start_run(recipe.config, split=config)


def show_start(config: SplitConfig) -> None:
    """What the selected split asks of a model, and the button that trains one on it."""
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.caption(session.words().told(EXPLANATIONS[config.kind]))
    button.button(
        "Train on this split",
        key=Key.TRAIN,
        type="primary",
        icon=":material/play_arrow:",
        help=f"Trains {session.chosen_recipe(AT_FIRST)}, the recipe chosen last. The page Train keeps the split.",
        on_click=attempt,
        args=(train_on, config),
    )


def show_selected(ratings: Ratings, config: SplitConfig) -> None:
    """The selected split, or why the data do not allow it."""
    try:
        with st.spinner("Splitting the ratings…"):
            split = told(ratings, config)
    except ConfigError as error:
        show_error(error)
        return
    show_start(config)
    show_split(split)
    st.subheader(ratings.words.told("Movies that training never sees"))
    show_unseen(split, ratings.words)


page_header(
    "Split",
    "A model is judged by validation ratings, which it has not learnt from. Which ratings those are decides what the "
    "question is, and how many of its movies the model has never met.",
    "split by time and watch what happens to the unseen movies.",
)
if Key.STARTED in st.session_state:
    st.switch_page(BY_NAME["train"].path, query_params={"run": st.session_state.pop(Key.STARTED)})
ratings = session.ratings()
with st.sidebar:
    config = choose_split(ratings)
comparison, selected = st.container(), st.container()
with comparison, st.skeleton(height=TABLE_HEIGHT):  # large data take seconds for each of the other splits
    with selected:
        show_selected(ratings, config)
    compare_splits(ratings, config)
