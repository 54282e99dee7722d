"""The ratings as they are: counts, the crosstab, distributions, heads, and raw ids against indices."""

import streamlit as st

from cf_core.charts.data import crosstab_heatmap, long_tail, rating_histogram
from cf_core.data import summary
from cf_core.data.crosstab import crosstab
from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from pages.shared import loaders, session
from pages.shared.frame import heading
from pages.shared.plot import plot
from pages.shared.widgets import say_error


def counts(ratings: Ratings) -> None:
    counted, split = summary.counts(ratings), loaders.lesson_split(ratings.fingerprint, ratings)
    numbers = {
        "Ratings": f"{counted.n_ratings:,}",
        "Users": f"{counted.n_users:,}",
        "Movies": f"{counted.n_items:,}",
        "Empty cells": f"{counted.sparsity:.1%}",
    }
    for column, (label, value) in zip(st.columns(4), numbers.items(), strict=True):
        column.metric(label, value)
    st.caption(
        f"The lesson's split trains on {len(split.train_rows):,} ratings and validates on {len(split.valid_rows):,}; "
        f"{split.n_unseen_items:,} of those are of movies, and {split.n_unseen_users:,} by users, that training "
        "never sees."
    )


def corner(ratings: Ratings) -> None:
    st.subheader("The corner where ratings are dense")
    left, right = st.columns(2)
    n_users = left.slider("Busiest users", 2, min(60, ratings.n_users), 15, key="users", bind="query-params")
    n_items = right.slider("Most rated movies", 2, min(60, ratings.n_items), 15, key="movies", bind="query-params")
    table = crosstab(ratings, n_users, n_items)
    titles = dict(zip(ratings.item_table["item_id"], ratings.item_table["title"], strict=True))
    blank = int(table.isna().to_numpy().sum())
    alt = f"Ratings of {n_users} users for {n_items} movies; {blank} of {table.size} cells are blank."
    plot(crosstab_heatmap(table, titles), key="crosstab", alt=alt)
    st.caption(f"{blank:,} of these {table.size:,} cells are blank: a blank is an unknown rating, not a zero.")


def distributions(ratings: Ratings) -> None:
    st.subheader("How the ratings are spread")
    histogram = summary.rating_histogram(ratings)
    most = int(histogram["n_ratings"].max())
    commonest = histogram.loc[histogram["n_ratings"] == most, "rating"].iloc[0]
    alt = f"Ratings by value; the most frequent is {commonest:g} stars, {most:,} times."
    plot(rating_histogram(histogram), key="histogram", alt=alt)
    users, movies = st.columns(2)
    with users:
        tail = summary.long_tail(ratings, "user")
        alt = f"Ratings per user, by rank: from {tail['n_ratings'].max():,} down to {tail['n_ratings'].min():,}."
        plot(long_tail(tail, "user"), key="tail_user", alt=alt)
    with movies:
        tail = summary.long_tail(ratings, "item")
        alt = f"Ratings per movie, by rank: from {tail['n_ratings'].max():,} down to {tail['n_ratings'].min():,}."
        plot(long_tail(tail, "item"), key="tail_item", alt=alt)


def heads(ratings: Ratings) -> None:
    st.subheader("The two files")
    left, right = st.columns(2)
    left.caption("ratings.csv begins with")
    left.dataframe(ratings.frame().head(), hide_index=True)
    right.caption("movies.csv begins with (the year is read from the title)")
    right.dataframe(ratings.item_table.sort_values("item_id").head(), hide_index=True)


def ids(ratings: Ratings) -> None:
    st.subheader("From raw id to row")
    st.write(
        f"Movie ids go up to {ratings.items.ids.max()}, but only {ratings.n_items:,} movies are rated. A table with a "
        "row for each raw id would be mostly holes, so each movie gets the next free row, in order of first appearance."
    )
    raw = st.text_input("Raw movie id", str(ratings.items.ids[4]), key="raw_id")
    try:
        typed = int(raw) if raw.isdecimal() and ratings.items.ids.dtype.kind == "i" else raw
        index = int(ratings.items.index_of([typed])[0])
    except UnknownIdError as error:
        say_error(error)
        return
    st.success(f"Movie {raw}, “{ratings.item_table['title'].iloc[index]}”, is row {index} of every table of movies.")


heading(
    "Data",
    "Each rating is one user, one movie and a number of stars; most users have never met most movies. Look at how "
    "unevenly the ratings are spread: popular movies and busy users teach a model far more than the rest.",
    "widen the corner below and watch the blanks spread, then train a model to fill them.",
)
ratings = session.ratings()
counts(ratings)
corner(ratings)
distributions(ratings)
heads(ratings)
ids(ratings)
