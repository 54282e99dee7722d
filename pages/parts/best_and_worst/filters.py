"""Which movies a page compares: boxes for genre, decade and number of ratings. Nothing in here looks at a model."""

from typing import Any

import streamlit as st

from cf_core.data.filters import genres_of
from cf_core.data.ratings import Ratings
from cf_core.insight.movie_choice import MovieChoice, decades_of
from pages.shared.need_run import choose_popular

AT_LEAST = (1, 5, 10, 20, 50, 100, 200)


def choose_movies(ratings: Ratings) -> MovieChoice:
    """The boxes, and the choice that they make."""
    genre, decade, least, most = st.columns([3, 2, 2, 4])
    chosen: dict[str, Any] = {
        "genre": genre.selectbox(
            "Genre", genres_of(ratings), None, key="genre", bind="query-params", placeholder="any genre"
        ),
        "decade": decade.selectbox(
            "Decade", decades_of(ratings)[::-1], None, key="decade", bind="query-params", placeholder="any",
            format_func=lambda first: f"{first}s",
        ),
        "min_ratings": least.selectbox(
            "Ratings, at least", AT_LEAST, key="min_ratings", bind="query-params",
            help="The mean of few ratings is far off by chance; the bias of few stays near zero.",
        ),
    }  # fmt: skip
    with most:
        popular = choose_popular(ratings, "Among the most rated", "popular")
    return MovieChoice(popular, **chosen)
