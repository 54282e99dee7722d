"""One user or one movie up close: numbers, ratings by value, and the nearest by what they share."""

from typing import Literal

import pandas as pd
import streamlit as st

from cf_core.charts.data.ratings import rating_histogram
from cf_core.data import neighbours as shared_raters
from cf_core.data import profile as profiles
from cf_core.data.profile import Profile
from cf_core.data.ratings import Ratings
from cf_core.words import Words
from pages.shared.cached import cache_for_all
from pages.shared.facts_link import Name, key
from pages.shared.for_you_link import offer_recommendations
from pages.shared.messages import escape_markdown
from pages.shared.metrics import metric_row
from pages.shared.plot import plot
from pages.shared.table import data_table

BARS_HEIGHT, TABLE_HEIGHT = 158, 213
"""In pixels; with them a projector shows all of the page."""

_keep = cache_for_all(max_entries=256)
profile, neighbours = _keep(profiles.profile), _keep(shared_raters.neighbours)


def show_user(ratings: Ratings, user: int) -> None:
    """The user with that index."""
    known = profile(ratings, "user", user)
    with st.container(gap="xsmall", key="close_up_user"):
        with st.container(horizontal=True, vertical_alignment="center", key="user_heading"):
            st.subheader(f"User {escape_markdown(str(ratings.users.ids[user]))}", anchor=False, width="stretch")
            offer_recommendations(ratings.users.ids[user], ratings.words)
        _show_numbers(known, ratings.words, f"Rank {known.rank:,} of {ratings.n_users:,} by number of ratings.")
        _show_histogram(known, "user", ratings.words)
        _show_neighbours(ratings, "user", user)


def show_movie(ratings: Ratings, item: int) -> None:
    """The movie with that index."""
    movie, known = ratings.item_table.iloc[item], profile(ratings, "item", item)
    genres = "" if movie["genres"].startswith("(") else f" {movie['genres'].replace('|', ', ')}."
    with st.container(gap="xsmall", key="close_up_movie"):
        st.subheader(escape_markdown(movie["title"]), anchor=False)
        _show_numbers(known, ratings.words, f"Rank {known.rank:,} of {ratings.n_items:,} by number of ratings.{genres}")
        _show_histogram(known, "movie", ratings.words)
        _show_neighbours(ratings, "item", item)


def _show_numbers(known: Profile, words: Words, rank: str) -> None:
    """How many ratings, their mean and spread, and a line below."""
    span = "" if known.first is None else f"From {known.first:%-d %B %Y} to {known.last:%-d %B %Y}."
    metric_row(
        {"Ratings": f"{known.n_ratings:,}", f"Mean, {words.unit}": f"{known.mean:.2f}", "Spread": f"{known.std:.2f}"},
        {"Ratings": span, "Spread": f"Standard deviation of the ratings, in {words.unit}."},
        width=100,
    )
    st.caption(escape_markdown(rank))


def _show_histogram(known: Profile, noun: Name, words: Words) -> None:
    """The ratings by value."""
    most = known.histogram.iloc[int(known.histogram["n_ratings"].argmax())]
    top, times = words.value(most["rating"]), f"{most['n_ratings']:.0f} times"
    alt = f"The {words.told(noun)}'s ratings by value; the most frequent is {top}, {times}."
    plot(rating_histogram(known.histogram, words=words), key=f"histogram_{noun}", alt=alt, height=BARS_HEIGHT)


def _show_neighbours(ratings: Ratings, of: Literal["user", "item"], index: int) -> None:
    """The neighbours as a table; selecting a row goes to that neighbour."""
    noun: Name = "user" if of == "user" else "movie"
    near, words = neighbours(ratings, of, index), ratings.words
    if near.empty:
        shared = "movie with another user" if of == "user" else "rater with another movie"
        st.info(words.told(f"This {noun} shares no {shared}."))
        return
    shared = "movies that both have rated" if of == "user" else "users who rated both"
    either = "that either has rated" if of == "user" else "who rated either"
    st.markdown(
        words.told(f"**Nearest by overlap.** Select a {noun} to go there."),
        help=words.told(f"The overlap is the {shared}, as a share of those {either}."),
    )
    columns = {
        "id": st.column_config.Column("id", width=60),
        "title": st.column_config.TextColumn(words.item, width=292),
        "n_shared": st.column_config.NumberColumn("shared", width=55),
        "jaccard": st.column_config.ProgressColumn("overlap", width=80, max_value=100.0, format="%.0f%%"),
        "n_ratings": st.column_config.NumberColumn("ratings", width=55, format="localized"),
    }
    table_key = f"near_{noun}_{near['id'].iloc[0]}_{index}"
    data_table(
        near.assign(jaccard=100 * near["jaccard"]),
        column_config=columns,
        column_order=["title", "n_shared", "jaccard", "n_ratings"] if noun == "movie" else None,
        height=TABLE_HEIGHT,
        key=table_key,
        name=words.told(f"nearest-{noun}s"),
        selection_mode="single-row",
        on_select=lambda: _go_to(noun, near, st.session_state[table_key]["selection"]["rows"]),
    )


def _go_to(noun: Name, near: pd.DataFrame, rows: list[int]) -> None:
    """Go to the neighbour in the selected row, if a row is selected."""
    if rows:
        st.session_state[key(noun)] = near["id"].tolist()[rows[0]]
