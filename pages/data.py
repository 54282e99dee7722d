"""The ratings as they are, in views that follow one another: what is chosen in one filters all others."""

from typing import cast, get_args

import streamlit as st

from cf_core.charts.data.ratings import crosstab_heatmap
from cf_core.data import summary
from cf_core.data.crosstab import Order, crosstab, rated_when
from cf_core.data.filters import filtered
from cf_core.data.ratings import Ratings
from pages.parts.data import filters, views
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.facts_link import open_facts
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import Click, plot

ORDERS: dict[Order, str] = {
    "id": "raw id, as in the lesson",
    "count": "number of ratings",
    "mean": "mean rating",
    "similarity": "similarity",
}


def counts(part: Ratings) -> None:
    counted = summary.counts(part)
    numbers = {
        "Ratings": f"{counted.n_ratings:,}",
        "Users": f"{counted.n_users:,}",
        "Movies": f"{counted.n_items:,}",
        "Empty cells": f"{counted.sparsity:.1%}",
        "Mean, stars": f"{part.global_mean:.2f}",
    }
    row_of_numbers(numbers)


def corner(ratings: Ratings, part: Ratings) -> None:
    st.subheader("The corner where ratings are dense")
    left, middle, right = st.columns(3)
    n_users = left.slider("Busiest users", 2, min(60, ratings.n_users), 15, key="users", bind="query-params")
    n_items = middle.slider("Most rated movies", 2, min(60, ratings.n_items), 15, key="movies", bind="query-params")
    order = right.selectbox("Sorted by", get_args(Order), key="order", format_func=lambda order: ORDERS[order],
                            bind="query-params",
                            help="Similarity puts each row beside the one whose ratings most go the same way."
                            )  # fmt: skip
    table = crosstab(part, n_users, n_items, cast(Order, order))
    shown = part.item_table.iloc[part.items.index_of(table.columns.to_numpy())]
    titles = dict(zip(shown["item_id"], shown["title"], strict=True))
    blank = int(table.isna().to_numpy().sum())
    alt = f"Ratings of {len(table)} users for {table.shape[1]} movies; {blank} of {table.size} cells are blank."
    figure = crosstab_heatmap(table, titles, ratings.rating_range, rated_when(part, table))
    plot(figure, key="crosstab", alt=alt, on_click=lambda click: _open(ratings, click))
    st.caption(
        f"{blank:,} of these {table.size:,} cells are blank: a blank is an unknown rating, not a zero. Click a cell "
        "for the facts of its user and movie."
    )


def _open(ratings: Ratings, click: Click) -> None:
    open_facts(ratings.users.read(click.y), ratings.items.read(click.customdata[1]))


def files(ratings: Ratings) -> None:
    with st.expander("The two files that all this is read from"):
        left, right = st.columns(2)
        left.caption("ratings.csv begins with")
        left.dataframe(ratings.frame().head(), hide_index=True)
        right.caption("movies.csv begins with (the year is read from the title)")
        right.dataframe(ratings.item_table.sort_values("item_id").head(), hide_index=True)


heading(
    "Data",
    "Each rating is one user, one movie and a number of stars; most users have never met most movies. Look at how "
    "unevenly the ratings are spread: popular movies and busy users teach a model far more than the rest.",
    "click the bar of the half-star ratings and see who gives them, then clear it and choose a genre.",
)
ratings = session.ratings()
chosen = filters.choose(ratings)
part = filtered(ratings, chosen)
filters.say_in_force(ratings, chosen, 0 if part is None else part.n_ratings)
if part is None:
    st.info(
        "No rating passes all of these filters together. Clear one of them above.", icon=":material/filter_alt_off:"
    )
    st.stop()
counts(part)
left, right = st.columns(2)
with left:
    views.by_stars(ratings, part, chosen)
    views.by_year(ratings, part, chosen)
with right:
    views.by_genre(ratings, part, chosen)
views.by_month(part)
left, right = st.columns(2)
with left:
    views.by_user(ratings, part, chosen)
with right:
    st.fragment(views.tails)(part)
st.fragment(corner)(ratings, part)
files(ratings)
