"""Which movies the page compares: boxes for genre, decade and number of ratings."""

import streamlit as st

from cf_core.data.filters import genres_of, has_genres
from cf_core.data.ratings import Ratings
from cf_core.insight.movie_choice import MovieChoice, decades_of
from pages.parts.best_and_worst.keys import Key
from pages.shared.need_run import choose_popular

MIN_RATINGS = (1, 5, 10, 20, 50, 100, 200)
USUAL_MINIMUM, ENOUGH_MOVIES = 20, 100
"""With fewer ratings a mean is mostly chance. Where fewer movies than this have so many, there is no minimum."""


def choose_movies(ratings: Ratings) -> MovieChoice:
    """The boxes, in the sidebar, and the choice that they make."""
    with st.sidebar:
        genre = _choose_genre(ratings) if has_genres(ratings.item_table) else None
        decade = _choose_decade(decades) if (decades := decades_of(ratings)[::-1]) else None
        min_ratings = st.selectbox(
            "Minimum ratings",
            MIN_RATINGS,
            MIN_RATINGS.index(_usual_minimum(ratings)),
            key=Key.MIN_RATINGS,
            bind="query-params",
            help="The mean of few ratings is far off by chance; the bias of few stays near zero.",
        )
        popular = choose_popular(ratings, f"Most rated {ratings.words.items}", Key.POPULAR)
    return MovieChoice(popular, genre, decade, min_ratings)


def _choose_genre(ratings: Ratings) -> str | None:
    return st.selectbox("Genre", genres_of(ratings), None, key=Key.GENRE, bind="query-params", placeholder="any genre")


def _choose_decade(decades: list[int]) -> int | None:
    return st.selectbox(
        "Decade",
        decades,
        None,
        key=Key.DECADE,
        format_func=lambda first: f"{first}s",
        bind="query-params",
        placeholder="any",
    )


def _usual_minimum(ratings: Ratings) -> int:
    n_often_rated = int((ratings.item_stats()["n_ratings"] >= USUAL_MINIMUM).sum())
    return USUAL_MINIMUM if n_often_rated >= ENOUGH_MOVIES else MIN_RATINGS[0]
