"""The small table of the page By hand and its solution, cached for all visitors."""

from cf_core.by_hand import table
from cf_core.by_hand.factors import random_start
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.solver import Solution, solve
from cf_core.by_hand.table import SmallTable
from cf_core.data.ratings import Ratings
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=16)
def small_table(ratings: Ratings, held_out: float) -> SmallTable:
    """The table that is factored by hand, of which the share `held_out` of the rated cells is held out."""
    return table.small_table(ratings, held_out)


@cache_for_all(max_entries=64)
def als_solution(
    ratings: Ratings, held_out: float, n_factors: int, seed: int, biases: bool, weight_decay: float
) -> Solution:
    """What alternating least squares finds for that table, from the random start of that seed."""
    small = small_table(ratings, held_out)
    size = SmallModel(small.rating_range).factor_size
    return solve(small, biases, random_start(*small.shape, n_factors, seed, size), weight_decay)
