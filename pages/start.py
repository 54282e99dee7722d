"""The way through the lab: what it is about, a table with holes, and the steps in the lesson's order."""

import streamlit as st

from cf_core.data.split import SplitConfig
from cf_core.insight.baselines import is_lessons
from cf_core.teaching.holes import table_with_holes
from cf_core.training.recipes import RECIPES
from cf_core.words import Words
from pages.parts.start.holes import holes_html
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.messages import attempt, escape_markdown
from pages.shared.steps import BY_NAME, WAY
from pages.shared.visited import visited

LESSON = "https://course18.fast.ai/lessons/lesson5.html"
WHAT_IT_IS = """
Most people never rate most movies, so a table of users and movies is full of holes.
**Collaborative filtering** fills them: from the ratings alone, a model learns a few numbers per user and per movie.

"""
WHENCE = f"The steps follow [the lesson of fast.ai's course]({LESSON}) by Jeremy Howard and Rachel Thomas."
STARTED = "start_run_to_show"


def show_steps(words: Words) -> None:
    """A card per step, in rows of three; those that were opened are ticked off."""
    done = visited()
    for first in range(0, len(WAY), 3):
        for column, name in zip(st.columns(3, gap="small"), WAY[first : first + 3], strict=False):
            step = BY_NAME[name]
            title = escape_markdown(step.title_in(words))
            number, tick = WAY.index(name) + 1, ":material/check_circle:" if name in done else f":material/{step.icon}:"
            with column.container(border=True, gap=None, height="stretch", key=f"step_{name}"):
                st.page_link(step.path, label=f"**{number} · {title}**", icon=tick)
                st.caption(escape_markdown(words.told(step.teaser)))


def train_and_rank() -> None:
    """Start a run of the lesson's best model. For `on_click`; the page then changes to its ranking."""
    st.session_state[STARTED] = session.start_run(RECIPES["notebook-learner"].config)


page_header(
    "CF Lab",
    "CF stands for collaborative filtering. Here you look at real ratings, factor a small table by hand, train the "
    "lesson's models, and see what they found out about movies. Nothing you do can break anything.",
    "go through the steps in order; each takes a minute or two.",
)
if STARTED in st.session_state:
    st.switch_page(BY_NAME["best_and_worst"].path, query_params={"run": st.session_state.pop(STARTED)})
ratings = session.ratings()
words = ratings.words
picture, story = st.columns([3, 2], gap="medium", vertical_alignment="center")
with picture:
    titles = ratings.item_table.set_index("item_id")["title"]
    st.html(holes_html(table_with_holes(ratings, 6, 7, skip_users=40), titles, words))
with story:
    st.markdown(words.told(WHAT_IT_IS) + WHENCE)
    st.button(
        words.told("Show me: train a model, rank the movies"),
        key="start_show_me",
        type="primary",
        icon=":material/play_arrow:",
        help=words.told("Trains the lesson's best model, in a few seconds, and goes on to the best and worst movies."),
        on_click=attempt,
        args=(train_and_rank,),
    )
show_steps(words)
if is_lessons(ratings.fingerprint, SplitConfig()):
    st.caption(
        "Data: MovieLens ml-latest-small, edition of 2016, by GroupLens (Harper & Konstan 2015), for study and "
        "research; its terms of use come with it."
    )
