"""What is judged: how many places count, what counts as liked, and which measure the picture shows."""

from typing import get_args

import streamlit as st

from cf_core.charts.ranks.ranking import Measure
from cf_core.data.ratings import Ratings
from cf_core.evaluation.metrics import K
from cf_core.evaluation.protocol import usual_threshold
from cf_core.insight.calibration import rating_levels
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
    """The box for the rating from which on a validation rating counts as liked: one of those that occur, or of even
    steps where these are many; at first the usual one."""
    at_first = usual_threshold(ratings)
    steps = sorted({*rating_levels(ratings.rating).tolist(), at_first}, reverse=True)
    return float(
        st.selectbox(
            "Liked from",
            steps,
            steps.index(at_first),
            key=Key.THRESHOLD,
            format_func=ratings.words.value,
            bind="query-params",
            persist_state="session",
            help=f"{ratings.words.capital.items} with such a validation rating or a higher one should be found.",
        )
    )


def choose_measure() -> Measure:
    """The measure on the vertical axis."""
    measure: Measure = choice(
        "Measure", get_args(Measure), key=Key.MEASURE, format_func=MEASURES.__getitem__, in_address=True
    )
    return measure
