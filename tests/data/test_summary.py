from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.summary import Counts, counts, long_tail, rating_histogram

ROWS = [(5, 30, 1.0, 0), (5, 20, 2.0, 86_400), (4, 30, 2.0, 60), (5, 10, 4.5, 1)]


def test_counts_of_the_lesson(ratings: Ratings) -> None:
    size = counts(ratings)
    assert (size.n_ratings, size.n_users, size.n_items) == (100_004, 671, 9_066)
    assert size.sparsity == pytest.approx(0.98356, abs=5e-6)
    assert size.first == pd.Timestamp("1995-01-09 11:46:49", tz="UTC")
    assert size.last == pd.Timestamp("2016-10-16 17:57:24", tz="UTC")


def test_counts_by_hand(small_folder: Callable[..., Path]) -> None:
    first, last = pd.Timestamp("1970-01-01", tz="UTC"), pd.Timestamp("1970-01-02", tz="UTC")
    assert counts(read_ratings(small_folder(ROWS))) == Counts(4, 2, 3, pytest.approx(1 / 3), first, last)


def test_no_time_span_without_timestamps(small_folder: Callable[..., Path]) -> None:
    size = counts(read_ratings(small_folder([row[:3] for row in ROWS])))
    assert (size.first, size.last) == (None, None)


def test_rating_histogram(small_folder: Callable[..., Path]) -> None:
    histogram = rating_histogram(read_ratings(small_folder(ROWS)))
    assert histogram.to_dict("list") == {"rating": [1.0, 2.0, 4.5], "n_ratings": [1, 2, 1]}


def test_rating_histogram_of_the_lesson(ratings: Ratings) -> None:
    histogram = rating_histogram(ratings)
    assert histogram["rating"].tolist() == [half / 2 for half in range(1, 11)]
    assert histogram["n_ratings"].sum() == 100_004


def test_long_tail_of_users(small_folder: Callable[..., Path]) -> None:
    tail = long_tail(read_ratings(small_folder(ROWS)), "user")
    assert tail.to_dict("list") == {"rank": [1, 2], "id": [5, 4], "n_ratings": [3, 1], "share_cumulative": [0.75, 1.0]}


def test_long_tail_of_movies(small_folder: Callable[..., Path]) -> None:
    tail = long_tail(read_ratings(small_folder(ROWS)), "item")
    assert tail.to_dict("list") == {
        "rank": [1, 2, 3],
        "id": [30, 10, 20],
        "title": ["Movie 30 (1994)", "Movie 10 (1994)", "Movie 20 (1994)"],
        "n_ratings": [2, 1, 1],
        "share_cumulative": [0.5, 0.75, 1.0],
    }


def test_long_tail_of_the_lesson(ratings: Ratings) -> None:
    users, items = long_tail(ratings, "user"), long_tail(ratings, "item")
    assert (len(users), len(items)) == (671, 9_066)
    assert (users["id"][0], users["n_ratings"][0]) == (547, 2391)
    assert (items["title"][0], items["n_ratings"][0]) == ("Forrest Gump (1994)", 341)
    assert users["share_cumulative"].iloc[-1] == items["share_cumulative"].iloc[-1] == 1.0
