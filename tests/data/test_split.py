from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.errors import ConfigError


@settings(deadline=None, max_examples=30)
@given(st.floats(1e-3, 1 - 1e-3), st.integers(0, 2**32 - 1))
def test_no_row_is_lost_or_doubled(ratings: Ratings, fraction: float, seed: int) -> None:
    split = split_ratings(ratings, SplitConfig(fraction, seed))
    rows = np.concatenate([split.train_rows, split.valid_rows])
    assert rows.dtype == np.int64
    assert len(split.valid_rows) == int(fraction * ratings.n_ratings)
    np.testing.assert_array_equal(np.sort(rows), np.arange(ratings.n_ratings))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.9))
def test_unseen_rows_as_counted_by_hand(small_folder: Callable[..., Path], seed: int, fraction: float) -> None:
    rows = [(1, 10, 3), (1, 20, 4), (2, 10, 1), (2, 30, 2), (3, 40, 5), (4, 10, 3)]
    ratings = read_ratings(small_folder(rows))
    split = split_ratings(ratings, SplitConfig(fraction, seed))
    train = [rows[row] for row in split.train_rows]
    valid = [rows[row] for row in split.valid_rows]
    users, items = {row[0] for row in train}, {row[1] for row in train}
    assert split.n_unseen_users == sum(row[0] not in users for row in valid)
    assert split.n_unseen_items == sum(row[1] not in items for row in valid)
    assert split.n_unseen_rows == sum(row[0] not in users or row[1] not in items for row in valid)


def test_training_rows_are_in_file_order(ratings: Ratings) -> None:
    split = split_ratings(ratings, SplitConfig(0.5, 7))
    assert (np.diff(split.train_rows) > 0).all()


def test_seed_and_fraction_move_the_split(ratings: Ratings) -> None:
    def valid(fraction: float, seed: int) -> list[int]:
        return split_ratings(ratings, SplitConfig(fraction, seed)).valid_rows.tolist()

    assert valid(0.2, 1) == valid(0.2, 1)
    assert valid(0.2, 1) != valid(0.2, 2)
    assert valid(0.2, 1) == valid(0.4, 1)[:20_000]


def test_lesson_is_the_default(ratings: Ratings) -> None:
    assert split_ratings(ratings).config == SplitConfig() == SplitConfig(valid_fraction=0.2, seed=42)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan"), float("inf"), "0.2", None, True])
def test_fraction_out_of_range(fraction: Any) -> None:
    with pytest.raises(ConfigError, match=r"^valid_fraction=.*Choose one between 0 and 1\.$"):
        SplitConfig(valid_fraction=fraction)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "42", None, True])
def test_seed_out_of_range(seed: Any) -> None:
    with pytest.raises(ConfigError, match=r"^seed=.*Choose one from 0 to 4294967295\.$"):
        SplitConfig(seed=seed)


def test_fraction_that_leaves_validation_empty(small_folder: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError, match=r"leaves one part of the split empty\. Choose"):
        split_ratings(read_ratings(small_folder()), SplitConfig(valid_fraction=0.2))
