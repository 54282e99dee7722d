"""The ratings as they are, in charts that filter one another."""

from typing import Literal

import streamlit as st

from cf_core.data.filters import Filters
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from pages.parts.data import cached, views
from pages.parts.data.corner import show_corner
from pages.parts.data.filters import choose_filters, show_active
from pages.parts.data.keys import Key
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown
from pages.shared.metrics import counted
from pages.shared.refresh import live
from pages.shared.table import data_table

View = Literal["overview", "corner", "tail", "users", "time"]
VIEWS: dict[View, str] = {
    "overview": "Overview",
    "corner": "The corner",
    "tail": "Long tail",
    "users": "Users",
    "time": "Over time",
}


def choose_view(ratings: Ratings, filters: Filters) -> View:
    """Which view to look at; in the same row, the filters that are active."""
    with st.container(horizontal=True, vertical_alignment="center", key="view_row"):
        with st.container(width="content"):
            view: View = choice(
                "View",
                list(VIEWS),
                key=Key.VIEW,
                format_func=VIEWS.__getitem__,
                in_address=True,
                label_visibility="collapsed",
            )
        show_active(ratings, filters)
    return view


def show_counts(ratings: Ratings, part: Part) -> None:
    """How many there are of everything, and the first that one asks for: most rated, busiest, and their cell."""
    first = cached.leaders(part)
    of_all = "" if not part.filters.active() else f" of {ratings.n_ratings:,}"
    words = ratings.words
    noun = words.count(part.n_items).split(" ", 1)[1]
    cell = "is blank" if first.rating is None else f"holds **{words.value(first.rating)}**"
    st.markdown(
        f"**{part.n_ratings:,}**{of_all} ratings · {counted(part.n_users, 'user', strong=True)} · "
        f"**{part.n_items:,}** {escape_markdown(noun)} · **{1 - part.density:.1%}** of the cells empty · "
        f"mean **{part.global_mean:.2f}** {words.unit}  \nMost rated: **{escape_markdown(first.title)}** "
        f"({counted(first.n_item_ratings, 'rating')}). Busiest: **user {escape_markdown(str(first.user_id))}** "
        f"({first.n_user_ratings:,}). Their cell {cell}."
    )


def show_files(ratings: Ratings) -> None:
    """The first rows of both files."""
    with st.expander("The two files behind this page"):
        left, right = st.columns(2)
        with left:
            st.caption("ratings.csv begins with")
            data_table(ratings.frame(5), key="data_ratings", name="ratings-first-rows")
        of_year = " (the year is read from the title)" if cached.years_of(ratings) else ""
        with right:
            st.caption(f"movies.csv begins with{of_year}")
            data_table(ratings.item_table.sort_values("item_id").head(), key="data_movies", name="movies-first-rows")


page_header(
    "Data",
    "Each rating is one user, one movie and a number of stars; most users never rated most movies. Look at how "
    "unevenly the ratings are spread: popular movies and busy users teach a model far more than the rest. Click a bar "
    "or a point, or use the filters at the side: all other charts follow.",
    "click the bar of the lowest rating and see who gives it, then clear the filter.",
)
ratings = session.ratings()
with st.sidebar:
    filters = choose_filters(ratings)
part = cached.filtered(ratings, filters)
if part is not None:
    show_counts(ratings, part)
view = choose_view(ratings, filters)
if part is None:
    st.info(
        "No rating passes all of these filters together. Clear one of them above.", icon=":material/filter_alt_off:"
    )
elif view == "overview":
    views.overview(ratings, part, filters)
elif view == "corner":
    live(show_corner, ratings, part)
elif view == "tail":
    views.tails(ratings, part, filters)
elif view == "users":
    views.by_user(ratings, part, filters)
else:
    views.over_time(part)
show_files(ratings)
