from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cf_core.data.crosstab import busiest_users, by_similarity, crosstab, most_rated_items, rated_when
from cf_core.data.reading import read_ratings
from cf_core.errors import ConfigError

Cells = dict[tuple[Any, Any], float]
TIED = [(5, 30, 1.0), (5, 20, 2.0), (4, 30, 3.0), (4, 20, 4.0), (9, 10, 5.0)]


def cells(users: st.SearchStrategy[Any], items: st.SearchStrategy[Any]) -> st.SearchStrategy[Cells]:
    stars = st.integers(1, 10).map(lambda half: half / 2)
    return st.dictionaries(st.tuples(users, items), stars, min_size=2, max_size=40)


def first(counts: Counter[Any], n: int) -> list[Any]:
    return sorted(sorted(counts, key=lambda raw: (-counts[raw], raw))[:n])


@given(
    cells(st.integers(-9, 99), st.sampled_from("abcdef")) | cells(st.sampled_from("xyz"), st.integers(0, 12)),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_equals_a_count_by_hand(small_folder: Callable[..., Path], rated: Cells, n_users: int, n_items: int) -> None:
    users, items = Counter(user for user, _ in rated), Counter(item for _, item in rated)
    assume(len(users) > 1 and len(items) > 1 and len(set(rated.values())) > 1)
    ratings = read_ratings(small_folder([(*cell, value) for cell, value in rated.items()]))
    table = crosstab(ratings, n_users, n_items)
    assert table.index.tolist() == first(users, n_users)
    assert table.columns.tolist() == first(items, n_items)
    for user in table.index:
        for item in table.columns:
            np.testing.assert_equal(table.loc[user, item], np.float32(rated.get((user, item), np.nan)))


def test_ties_are_broken_by_raw_id(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder(TIED))
    assert ratings.users.raw_of(busiest_users(ratings, 3)).tolist() == [4, 5, 9]
    assert ratings.items.raw_of(most_rated_items(ratings, 2)).tolist() == [20, 30]


def test_more_than_there_are_gives_all(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder(TIED))
    assert crosstab(ratings, 100, np.int64(100)).shape == (3, 3)
    assert len(busiest_users(ratings, 100)) == len(most_rated_items(ratings, 100)) == 3


@pytest.mark.parametrize("n", [0, -1, 2.0, "3", True, None])
def test_n_out_of_range(small_folder: Callable[..., Path], n: Any) -> None:
    ratings = read_ratings(small_folder(TIED))
    with pytest.raises(ConfigError, match=r"n_users=.* is not a whole number of 1 or more\. Choose one\."):
        crosstab(ratings, n_users=n)
    with pytest.raises(ConfigError, match="n_items="):
        crosstab(ratings, n_items=n)


# Counts: users 5 and 4 two each, 9 one; movies 30 and 20 two each, 10 one. Means: user 9 5.0, 4 3.5, 5 1.5.
@pytest.mark.parametrize(
    ("order", "users", "items"),
    [
        ("id", [4, 5, 9], [10, 20, 30]),
        ("count", [4, 5, 9], [20, 30, 10]),
        ("mean", [9, 4, 5], [10, 20, 30]),
    ],
)
def test_orders(small_folder: Callable[..., Path], order: Any, users: list[int], items: list[int]) -> None:
    table = crosstab(read_ratings(small_folder(TIED)), 3, 3, order)
    assert (table.index.tolist(), table.columns.tolist()) == (users, items)


def test_an_order_that_does_not_exist(small_folder: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError, match=r"^order='alphabet' .*Choose one of: id, count, mean, similarity\.$"):
        crosstab(read_ratings(small_folder(TIED)), 3, 3, "alphabet")


def test_similar_rows_stand_together() -> None:
    # Deviations: (1, -1, 0), (-1, 1, 0), (2, -2, 0) and none: the third goes the way of the first, the second against.
    cells = np.array([[4.0, 2.0, np.nan], [1.0, 3.0, np.nan], [5.0, 1.0, np.nan], [3.0, np.nan, np.nan]])
    assert by_similarity(cells).tolist() == [0, 2, 3, 1]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_similarity_keeps_every_row_once(n_rows: int, n_columns: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    cells = draw.integers(1, 6, (n_rows, n_columns)).astype(float)
    cells[draw.random(cells.shape) < 0.4] = np.nan
    assert sorted(by_similarity(cells).tolist()) == list(range(n_rows))


@pytest.mark.parametrize("order", ["count", "mean", "similarity"])
def test_every_order_holds_the_same_cells(ratings: Any, order: Any) -> None:
    one, other = crosstab(ratings), crosstab(ratings, order=order)
    pd.testing.assert_frame_equal(one, other.sort_index().sort_index(axis="columns"))


def test_when_each_cell_was_rated(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder([(5, 30, 1.0, 0), (5, 20, 2.0, 86_400), (4, 30, 3.0, 61)]))
    when = rated_when(ratings, crosstab(ratings))
    assert when is not None
    assert when.loc[5, 30] == pd.Timestamp("1970-01-01")
    assert when.loc[5, 20] == pd.Timestamp("1970-01-02")
    assert when.loc[4, 30] == pd.Timestamp("1970-01-01 00:01:01")
    assert pd.isna(when.loc[4, 20])
    untimed = read_ratings(small_folder([(5, 30, 1.0), (4, 20, 2.0)]))
    assert rated_when(untimed, crosstab(untimed)) is None
