from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data.filters import Filters, filtered, genres_of, has_genre, take_rows, years_of
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.errors import UnknownIdError

ROWS = [(7, 30, 4.0, 10), (7, 10, 2.0, 20), (5, 30, 4.0, 30), (5, 20, 3.5, 40), (9, 40, 4.0, 50)]
MOVIES = [
    (30, "Thirty (1994)", "Comedy|Drama"),
    (10, "Ten (1980)", "Drama"),
    (20, "Twenty", "Children"),
    (40, "Forty (1995)", "(no genres listed)"),
]


@pytest.fixture(scope="module")
def small(small_folder: Callable[..., Path]) -> Ratings:
    return read_ratings(small_folder(ROWS, MOVIES))


def rows_left(small: Ratings, **chosen: object) -> list[tuple[int, int]]:
    part = filtered(small, Filters(**chosen))
    return [] if part is None else list(zip(part.frame()["user_id"], part.frame()["item_id"], strict=True))


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"rating": 4.0}, [(7, 30), (5, 30), (9, 40)]),
        ({"genre": "Drama"}, [(7, 30), (7, 10), (5, 30)]),
        ({"genre": "Comedy"}, [(7, 30), (5, 30)]),
        ({"years": (1980, 1994)}, [(7, 30), (7, 10), (5, 30)]),
        ({"years": (1900, 2000)}, [(7, 30), (7, 10), (5, 30), (9, 40)]),
        ({"user_id": 5}, [(5, 30), (5, 20)]),
        ({"item_id": 30}, [(7, 30), (5, 30)]),
        ({"rating": 4.0, "user_id": 7, "genre": "Drama"}, [(7, 30)]),
        ({"rating": 1.0}, []),
        ({"genre": "Dram"}, []),
    ],
)
def test_what_passes(small: Ratings, chosen: dict[str, object], left: list[tuple[int, int]]) -> None:
    assert rows_left(small, **chosen) == left


def test_no_filter_gives_the_ratings_themselves(small: Ratings) -> None:
    assert filtered(small, Filters()) is small


def test_a_part_is_ratings_of_its_own(small: Ratings) -> None:
    part = filtered(small, Filters(user_id=5))
    assert part is not None
    assert (part.n_users, part.n_items, part.n_ratings) == (1, 2, 2)
    assert part.items.ids.tolist() == part.item_table["item_id"].tolist() == [30, 20]
    assert part.rating.tolist() == [4.0, 3.5]
    assert part.timestamp is not None and part.timestamp.tolist() == [30, 40]
    assert part.user_stats()["mean_rating"].tolist() == [3.75]


def test_a_user_that_the_data_do_not_hold(small: Ratings) -> None:
    with pytest.raises(UnknownIdError):
        filtered(small, Filters(user_id=1))


def test_without_timestamps(small_folder: Callable[..., Path]) -> None:
    part = filtered(read_ratings(small_folder([row[:3] for row in ROWS], MOVIES)), Filters(rating=4.0))
    assert part is not None and part.timestamp is None


def test_a_genre_is_matched_whole() -> None:
    genres = pd.Series(["Drama", "Crime|Drama", "Docudrama|Dramatic", "Sci-Fi (a.b)|Crime"], dtype="str")
    assert has_genre(genres, "Drama").tolist() == [True, True, False, False]
    assert has_genre(genres, "Sci-Fi (a.b)").tolist() == [False, False, False, True]


def test_what_is_active_and_what_the_others_are() -> None:
    filters = Filters(rating=4.0, years=(1990, 1999))
    assert filters.active() == {"rating": 4.0, "years": (1990, 1999)}
    assert filters.without("rating") == Filters(years=(1990, 1999))
    assert filters.without("genre") == filters


def test_genres_and_years(small: Ratings, small_folder: Callable[..., Path]) -> None:
    assert genres_of(small) == ["(no genres listed)", "Children", "Comedy", "Drama"]
    assert years_of(small) == (1980, 1995)
    nameless = [(item, "No year", "Drama") for item in (30, 10, 20, 40)]
    assert years_of(read_ratings(small_folder(ROWS, nameless))) is None


@settings(max_examples=25)
@given(st.sets(st.integers(0, 100_003), min_size=1, max_size=300))
def test_any_rows_make_the_same_ratings(ratings: Ratings, rows: set[int]) -> None:
    chosen = np.array(sorted(rows))
    part, whole = take_rows(ratings, chosen).frame(), ratings.frame().iloc[chosen].reset_index(drop=True)
    assert part.equals(whole)


def test_parts_of_the_lesson_add_up(ratings: Ratings) -> None:
    parts = [filtered(ratings, Filters(rating=half / 2)) for half in range(1, 11)]
    assert sum(part.n_ratings for part in parts if part) == 100_004
