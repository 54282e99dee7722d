from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.profile import profile, rating_of
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import UnknownIdError

ROWS = [(1, 10, 5.0, 0), (1, 20, 2.0, 86_400), (2, 10, 4.0, 60), (3, 10, 4.0, 30)]


@pytest.fixture(scope="module")
def small(small_folder: Callable[..., Path]) -> Ratings:
    return read_ratings(small_folder(ROWS))


def test_a_user_by_hand(small: Ratings) -> None:
    known = profile(small, "user", 0)
    assert (known.n_ratings, known.rank, known.mean, known.std) == (2, 1, 3.5, 1.5)
    assert known.histogram.to_dict("list") == {"rating": [2.0, 4.0, 5.0], "n_ratings": [1, 0, 1]}
    assert (known.first, known.last) == (pd.Timestamp("1970-01-01", tz="UTC"), pd.Timestamp("1970-01-02", tz="UTC"))


def test_a_movie_by_hand(small: Ratings) -> None:
    known = profile(small, "item", 0)
    assert (known.n_ratings, known.rank) == (3, 1)
    assert known.mean == pytest.approx(13 / 3)
    assert known.std == pytest.approx((2 / 9) ** 0.5)
    assert profile(small, "item", 1).rank == 2


def test_ranks_of_the_lesson(ratings: Ratings) -> None:
    assert profile(ratings, "item", ratings.items.index_of([356]).item()).rank == 1
    known = profile(ratings, "user", ratings.users.index_of([15]).item())
    assert (known.n_ratings, known.rank) == (1700, 4)


def test_without_timestamps(small_folder: Callable[..., Path]) -> None:
    known = profile(read_ratings(small_folder([row[:3] for row in ROWS])), "user", 0)
    assert (known.first, known.last) == (None, None)


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_that_does_not_exist(small: Ratings, index: int) -> None:
    with pytest.raises(UnknownIdError):
        profile(small, "user", index)


def test_the_rating_of_a_cell(small: Ratings) -> None:
    assert rating_of(small, 0, 1) == (2.0, pd.Timestamp("1970-01-02", tz="UTC"))
    assert rating_of(small, 1, 1) is None
