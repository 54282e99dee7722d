"""The small table of the page By hand and its solution, cached for all visitors."""

import streamlit as st

from cf_core.by_hand import table
from cf_core.by_hand.factors import random_start
from cf_core.by_hand.solver import Solution, solve
from cf_core.by_hand.table import HandTable
from cf_core.data.ratings import Ratings


@st.cache_resource(max_entries=16, show_spinner=False)
def hand_table(fingerprint: str, held_out: float, _ratings: Ratings) -> HandTable:
    """The table that is factored by hand, of the ratings with that fingerprint."""
    return table.hand_table(_ratings, held_out)


@st.cache_resource(max_entries=64, show_spinner=False)
def hand_solution(
    fingerprint: str, held_out: float, n_factors: int, seed: int, biases: bool, weight_decay: float, _ratings: Ratings
) -> Solution:
    """What alternating least squares finds for that table, from the random start of that seed."""
    chosen = hand_table(fingerprint, held_out, _ratings)
    return solve(chosen, biases, random_start(*chosen.shape, n_factors, seed), weight_decay)
