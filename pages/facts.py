"""The facts of one user and one movie: their ratings, and their neighbours by what they share."""

from typing import Any, Literal

import pandas as pd
import streamlit as st

from cf_core.charts.data.ratings import rating_histogram
from cf_core.data.crosstab import busiest_users, most_rated_items
from cf_core.data.neighbours import neighbours
from cf_core.data.profile import Facts, facts, rating_of
from cf_core.data.ratings import Ratings
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.facts_link import Name, keep_in_address, key, take_from_address
from pages.shared.messages import plain
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot


def choose(ratings: Ratings) -> tuple[int, int]:
    """The indices of the user and the movie, in two boxes."""
    take_from_address(ratings.users, "user", ratings.users.ids[busiest_users(ratings, 1)[0]])
    take_from_address(ratings.items, "movie", ratings.items.ids[most_rated_items(ratings, 1)[0]])
    left, right = st.columns(2)
    user_id = left.selectbox("User", sorted(ratings.users.ids.tolist()), key=key("user"))
    titles = dict(zip(ratings.items.ids.tolist(), ratings.item_table["title"], strict=True))
    item_id = right.selectbox(
        "Movie", sorted(titles, key=titles.__getitem__), key=key("movie"), format_func=lambda item: titles[item]
    )
    keep_in_address("user")
    keep_in_address("movie")
    return int(ratings.users.index_of([user_id])[0]), int(ratings.items.index_of([item_id])[0])


def say_what_they_have_to_do(ratings: Ratings, user: int, item: int) -> None:
    title, user_id = ratings.item_table["title"].iloc[item], ratings.users.ids[user]
    known = rating_of(ratings, user, item)
    if known is None:
        st.info(plain(f"User {user_id} has not rated {title}: a blank cell, which a model can fill."))
        return
    stars, time = known
    when = "" if time is None else f" on {time:%-d %B %Y}"
    st.success(plain(f"User {user_id} gave {title} {stars:g} stars{when}."), icon=":material/star:")


def show_numbers(known: Facts, noun: str, n: int) -> None:
    row_of_numbers(
        {"Ratings": f"{known.n_ratings:,}", "Mean, stars": f"{known.mean:.2f}", "Spread, stars": f"{known.std:.2f}"},
        {"Spread, stars": "Standard deviation of the ratings."},
    )
    span = "" if known.first is None else f", rated from {known.first:%-d %B %Y} to {known.last:%-d %B %Y}"
    st.caption(f"Rank {known.rank:,} of {n:,} by number of ratings{span}.")


def show_histogram(known: Facts, noun: str) -> None:
    most = known.histogram.iloc[int(known.histogram["n_ratings"].argmax())]
    alt = (
        f"The {noun}'s ratings by value; the most frequent is {most['rating']:g} stars, {most['n_ratings']:.0f} times."
    )
    plot(rating_histogram(known.histogram), key=f"histogram_{noun}", alt=alt, height=280)


def show_neighbours(ratings: Ratings, of: Literal["user", "item"], index: int) -> None:
    """The neighbours as a table; choosing a row goes to that neighbour."""
    noun: Name = "user" if of == "user" else "movie"
    near = neighbours(ratings, of, index)
    shared = "movies" if of == "user" else "raters"
    if near.empty:
        st.info(f"Nobody shares one of this {noun}'s {shared}.")
        return
    st.caption(f"Nearest by shared {shared}: the share of {shared} of either that both have. Select a row to go there.")
    columns = {
        "id": st.column_config.Column("id", width=60),
        "title": st.column_config.TextColumn("movie", width=150),
        "n_shared": st.column_config.NumberColumn("shared", width=60),
        "jaccard": st.column_config.ProgressColumn("of either", width=90, max_value=100.0, format="%.0f %%"),
        "n_ratings": st.column_config.NumberColumn("ratings", width=60, format="localized"),
    }
    table_key = f"near_{noun}_{near['id'].iloc[0]}_{index}"
    st.dataframe(
        near.assign(jaccard=100 * near["jaccard"]),
        hide_index=True,
        column_config=columns,
        key=table_key,
        selection_mode="single-row",
        on_select=lambda: _go(noun, near, st.session_state[table_key]["selection"]["rows"]),
    )


def _go(noun: Name, near: pd.DataFrame, rows: list[int]) -> None:
    if rows:
        chosen: Any = near["id"].tolist()[rows[0]]
        st.session_state[key(noun)] = chosen


heading(
    "Facts",
    "One user and one movie from close by: how they rate and are rated, and who is near them by nothing but what they "
    "share. Two movies are neighbours when the same people rated both, whatever they thought of them.",
    "go from neighbour to neighbour and see how far you get from where you began.",
)
ratings = session.ratings()
user, item = choose(ratings)
say_what_they_have_to_do(ratings, user, item)
left, right = st.columns(2, gap="medium")
with left:
    st.subheader(plain(f"User {ratings.users.ids[user]}"))
    known = facts(ratings, "user", user)
    show_numbers(known, "user", ratings.n_users)
    show_histogram(known, "user")
    show_neighbours(ratings, "user", user)
with right:
    movie = ratings.item_table.iloc[item]
    st.subheader(plain(movie["title"]))
    known = facts(ratings, "item", item)
    show_numbers(known, "movie", ratings.n_items)
    show_histogram(known, "movie")
    show_neighbours(ratings, "item", item)
    st.caption(plain(f"Genres: {movie['genres'].replace('|', ', ')}."))
