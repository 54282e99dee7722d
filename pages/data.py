"""The ratings as they are, in charts that filter one another."""

from typing import get_args

import streamlit as st

from cf_core.charts.data.ratings import crosstab_heatmap
from cf_core.data import summary
from cf_core.data.crosstab import Order, crosstab, rated_when
from cf_core.data.filters import filtered
from cf_core.data.ratings import Ratings
from pages.parts.data import views
from pages.parts.data.filters import choose_filters, show_active
from pages.parts.data.keys import Key
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.facts_link import open_facts
from pages.shared.metrics import metric_row
from pages.shared.plot import Click, plot
from pages.shared.refresh import live

ORDERS: dict[Order, str] = {
    "id": "raw id, as in the lesson",
    "count": "number of ratings",
    "mean": "mean rating",
    "similarity": "similarity",
}


def show_counts(part: Ratings) -> None:
    """How many there are of everything."""
    counted = summary.counts(part)
    numbers = {
        "Ratings": f"{counted.n_ratings:,}",
        "Users": f"{counted.n_users:,}",
        "Movies": f"{counted.n_items:,}",
        "Empty cells": f"{counted.sparsity:.1%}",
        "Mean, stars": f"{part.global_mean:.2f}",
    }
    metric_row(numbers)


def show_corner(ratings: Ratings, part: Ratings) -> None:
    """The crosstab of the busiest users and the most rated movies; a click on a cell opens its facts."""
    st.subheader("The densest corner")
    left, middle, right = st.columns(3)
    most_users, most_items = min(60, ratings.n_users), min(60, ratings.n_items)
    n_users = left.slider("Busiest users", 2, most_users, 15, key=Key.USERS, bind="query-params")
    n_items = middle.slider("Most rated movies", 2, most_items, 15, key=Key.MOVIES, bind="query-params")
    order: Order = right.selectbox(
        "Sorted by",
        get_args(Order),
        key=Key.ORDER,
        format_func=ORDERS.__getitem__,
        bind="query-params",
        help="Similarity puts rows side by side whose ratings agree most.",
    )
    table = crosstab(part, n_users, n_items, order)
    shown = part.item_table.iloc[part.items.index_of(table.columns.to_numpy())]
    titles = dict(zip(shown["item_id"], shown["title"], strict=True))
    blank = int(table.isna().to_numpy().sum())
    alt = f"Ratings of {len(table)} users for {table.shape[1]} movies; {blank} of {table.size} cells are blank."
    figure = crosstab_heatmap(table, titles, ratings.rating_range, rated_when(part, table))
    plot(figure, key="crosstab", alt=alt, on_click=lambda click: open_cell(ratings, click))
    st.caption(
        f"{blank:,} of these {table.size:,} cells are blank: a blank is an unknown rating, not a zero. Click a cell "
        "for the facts of its user and movie."
    )


def open_cell(ratings: Ratings, click: Click) -> None:
    """Go to the facts of the user and the movie of a cell."""
    open_facts(ratings.users.read(click.y), ratings.items.read(click.customdata[1]))


def show_files(ratings: Ratings) -> None:
    """The first rows of both files."""
    with st.expander("The two files behind this page"):
        left, right = st.columns(2)
        left.caption("ratings.csv begins with")
        left.dataframe(ratings.frame().head(), hide_index=True)
        right.caption("movies.csv begins with (the year is read from the title)")
        right.dataframe(ratings.item_table.sort_values("item_id").head(), hide_index=True)


page_header(
    "Data",
    "Each rating is one user, one movie and a number of stars; most users never rated most movies. Look at how "
    "unevenly the ratings are spread: popular movies and busy users teach a model far more than the rest.",
    "click the bar of 0.5 stars and see who gives such ratings, then clear it and click a genre.",
)
ratings = session.ratings()
filters = choose_filters(ratings)
part = filtered(ratings, filters)
show_active(ratings, filters, 0 if part is None else part.n_ratings)
if part is None:
    st.info(
        "No rating passes all of these filters together. Clear one of them above.", icon=":material/filter_alt_off:"
    )
    st.stop()
show_counts(part)
left, right = st.columns(2)
with left:
    views.by_stars(ratings, part, filters)
    views.by_year(ratings, part, filters)
with right:
    views.by_genre(ratings, part, filters)
views.by_month(part)
left, right = st.columns(2)
with left:
    views.by_user(ratings, part, filters)
with right:
    live(views.tails, part)
live(show_corner, ratings, part)
show_files(ratings)
