"""One user and one movie: their ratings, and their neighbours by what they share."""

from typing import Literal

import pandas as pd
import streamlit as st

from cf_core.charts.data.ratings import rating_histogram
from cf_core.data.crosstab import busiest_users, most_rated_items
from cf_core.data.neighbours import neighbours
from cf_core.data.profile import Profile, profile, rating_of
from cf_core.data.ratings import Ratings
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.facts_link import Name, key, read_from_address, write_to_address
from pages.shared.messages import escape_markdown
from pages.shared.metrics import in_stars, metric_row
from pages.shared.pickers import pick_user_and_movie
from pages.shared.plot import plot


def choose(ratings: Ratings) -> tuple[int, int]:
    """The indices of the user and the movie, which the address keeps; at first the busiest and the most rated."""
    read_from_address(ratings.users, "user", ratings.users.ids[busiest_users(ratings, 1)[0]])
    read_from_address(ratings.items, "movie", ratings.items.ids[most_rated_items(ratings, 1)[0]])
    indices = pick_user_and_movie(ratings, key("user"), key("movie"))
    write_to_address("user")
    write_to_address("movie")
    return indices


def show_rating(ratings: Ratings, user: int, item: int) -> None:
    """The user's rating of the movie, or that there is none."""
    title, user_id = ratings.item_table["title"].iloc[item], ratings.users.ids[user]
    known = rating_of(ratings, user, item)
    if known is None:
        st.info(escape_markdown(f"User {user_id} has not rated {title}: a blank cell, which a model can fill."))
        return
    rating, time = known
    when = "" if time is None else f" on {time:%-d %B %Y}"
    st.info(escape_markdown(f"User {user_id} gave {title} {in_stars(rating)}{when}."), icon=":material/star:")


def show_numbers(known: Profile, n: int) -> None:
    """How many ratings, their mean and spread; `n` is how many users, or movies, there are."""
    metric_row(
        {"Ratings": f"{known.n_ratings:,}", "Mean, stars": f"{known.mean:.2f}", "Spread, stars": f"{known.std:.2f}"},
        {"Spread, stars": "Standard deviation of the ratings."},
    )
    span = "" if known.first is None else f", rated from {known.first:%-d %B %Y} to {known.last:%-d %B %Y}"
    st.caption(f"Rank {known.rank:,} of {n:,} by number of ratings{span}.")


def show_histogram(known: Profile, noun: Name) -> None:
    """The ratings by value."""
    most = known.histogram.iloc[int(known.histogram["n_ratings"].argmax())]
    top, times = in_stars(most["rating"]), f"{most['n_ratings']:.0f} times"
    alt = f"The {noun}'s ratings by value; the most frequent is {top}, {times}."
    plot(rating_histogram(known.histogram), key=f"histogram_{noun}", alt=alt, height=280)


def show_neighbours(ratings: Ratings, of: Literal["user", "item"], index: int) -> None:
    """The neighbours as a table; selecting a row goes to that neighbour."""
    noun: Name = "user" if of == "user" else "movie"
    near = neighbours(ratings, of, index)
    if near.empty:
        shared = "movie with another user" if of == "user" else "rater with another movie"
        st.info(f"This {noun} shares no {shared}.")
        return
    shared = "movies that both have rated" if of == "user" else "users who rated both"
    either = "that either has rated" if of == "user" else "who rated either"
    st.caption(f"Nearest by overlap: the {shared}, as a share of those {either}. Select a row to go there.")
    columns = {
        "id": st.column_config.Column("id", width=60),
        "title": st.column_config.TextColumn("movie", width=150),
        "n_shared": st.column_config.NumberColumn("shared", width=60),
        "jaccard": st.column_config.ProgressColumn("overlap", width=90, max_value=100.0, format="%.0f%%"),
        "n_ratings": st.column_config.NumberColumn("ratings", width=60, format="localized"),
    }
    table_key = f"near_{noun}_{near['id'].iloc[0]}_{index}"
    st.dataframe(
        near.assign(jaccard=100 * near["jaccard"]),
        hide_index=True,
        column_config=columns,
        key=table_key,
        selection_mode="single-row",
        on_select=lambda: go_to(noun, near, st.session_state[table_key]["selection"]["rows"]),
    )


def go_to(noun: Name, near: pd.DataFrame, rows: list[int]) -> None:
    """Go to the neighbour in the selected row, if a row is selected."""
    if rows:
        st.session_state[key(noun)] = near["id"].tolist()[rows[0]]


page_header(
    "Facts",
    "One user and one movie, up close: how they rate and are rated, and who is near them by nothing but what they "
    "share. Two movies are neighbours when the same people rated both, whatever they thought of them.",
    "go from neighbour to neighbour and see how far you get from where you began.",
)
ratings = session.ratings()
user, item = choose(ratings)
show_rating(ratings, user, item)
left, right = st.columns(2, gap="medium")
with left:
    st.subheader(escape_markdown(f"User {ratings.users.ids[user]}"))
    known = profile(ratings, "user", user)
    show_numbers(known, ratings.n_users)
    show_histogram(known, "user")
    show_neighbours(ratings, "user", user)
with right:
    movie = ratings.item_table.iloc[item]
    st.subheader(escape_markdown(movie["title"]))
    known = profile(ratings, "item", item)
    show_numbers(known, ratings.n_items)
    show_histogram(known, "movie")
    show_neighbours(ratings, "item", item)
    st.caption(escape_markdown(f"Genres: {movie['genres'].replace('|', ', ')}."))
