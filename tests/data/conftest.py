"""Five ratings of four movies, small enough to be counted by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings

RATINGS = [(7, 30, 4.0, 10), (7, 10, 2.0, 20), (5, 30, 4.0, 30), (5, 20, 3.5, 40), (9, 40, 4.0, 50)]
MOVIES = [
    (30, "Thirty (1994)", "Comedy|Drama"),
    (10, "Ten (1980)", "Drama"),
    (20, "Twenty", "Children"),
    (40, "Forty (1995)", "(no genres listed)"),
]


@pytest.fixture(scope="session")
def small(small_folder: Callable[..., Path]) -> Ratings:
    return read_ratings(small_folder(RATINGS, MOVIES))
