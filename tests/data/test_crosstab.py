from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cf_core.data.crosstab import busiest_users, crosstab, most_rated_items
from cf_core.data.reading import read_ratings
from cf_core.errors import ConfigError

Cells = dict[tuple[Any, Any], float]
TIED = [(5, 30, 1.0), (5, 20, 2.0), (4, 30, 3.0), (4, 20, 4.0), (9, 10, 5.0)]


def cells(users: st.SearchStrategy[Any], items: st.SearchStrategy[Any]) -> st.SearchStrategy[Cells]:
    stars = st.integers(1, 10).map(lambda half: half / 2)
    return st.dictionaries(st.tuples(users, items), stars, min_size=2, max_size=40)


def first(counts: Counter[Any], n: int) -> list[Any]:
    return sorted(sorted(counts, key=lambda raw: (-counts[raw], raw))[:n])


@settings(deadline=None)
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
