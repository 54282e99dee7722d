"""What is judged: how many places count, what counts as liked, and which measure the picture shows."""

from typing import get_args

import numpy as np
import streamlit as st

from cf_core.charts.ranks.ranking import Measure
from cf_core.data.ratings import Ratings
from cf_core.evaluation.metrics import K
from cf_core.evaluation.protocol import THRESHOLD
from pages.parts.ranking.keys import Key
from pages.shared.choice import choice
from pages.shared.ranked_lists import MOST_PLACES

MEASURES: dict[Measure, str] = {
    "ndcg": "NDCG",
    "recall": "Recall",
    "coverage": "Coverage",
    "popularity": "Popularity",
}


def choose_k() -> int:
    """The slider for the places that count."""
    help_text = "k: how long the list is that a user sees."
    return int(
        st.slider(
            "Places that count",
            1,
            MOST_PLACES,
            K,
            key=Key.K,
            bind="query-params",
            persist_state="session",
            help=help_text,
        )
    )


def choose_threshold(ratings: Ratings) -> float:
    """The box for the stars from which on a validation rating counts as liked."""
    stars = np.unique(ratings.rating).astype(float).tolist()
    at_first = min(stars, key=lambda value: (abs(value - THRESHOLD), -value))
    return float(
        st.selectbox(
            "Liked from",
            stars[::-1],
            stars[::-1].index(at_first),
            key=Key.THRESHOLD,
            format_func=lambda value: f"{value:g} stars",
            bind="query-params",
            persist_state="session",
            help="A validation rating of at least so many stars is a movie that should be found.",
        )
    )


def choose_measure() -> Measure:
    """The measure on the vertical axis."""
    measure: Measure = choice(
        "Measure", get_args(Measure), key=Key.MEASURE, format_func=MEASURES.__getitem__, in_address=True
    )
    return measure
