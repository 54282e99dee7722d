"""Which movies the page compares: boxes for genre, decade and number of ratings."""

import streamlit as st

from cf_core.data.filters import genres_of
from cf_core.data.ratings import Ratings
from cf_core.insight.movie_choice import MovieChoice, decades_of
from pages.parts.best_and_worst.keys import Key
from pages.shared.need_run import choose_popular

MIN_RATINGS = (1, 5, 10, 20, 50, 100, 200)


def choose_movies(ratings: Ratings) -> MovieChoice:
    """The boxes, and the choice that they make."""
    left, middle, right, last = st.columns([3, 2, 2, 4])
    genre = left.selectbox(
        "Genre", genres_of(ratings), None, key=Key.GENRE, bind="query-params", placeholder="any genre"
    )
    decade = middle.selectbox(
        "Decade",
        decades_of(ratings)[::-1],
        None,
        key=Key.DECADE,
        format_func=lambda first: f"{first}s",
        bind="query-params",
        placeholder="any",
    )
    min_ratings = right.selectbox(
        "Minimum ratings",
        MIN_RATINGS,
        key=Key.MIN_RATINGS,
        bind="query-params",
        help="The mean of few ratings is far off by chance; the bias of few stays near zero.",
    )
    with last:
        popular = choose_popular(ratings, "Most rated movies", Key.POPULAR)
    return MovieChoice(popular, genre, decade, min_ratings)
