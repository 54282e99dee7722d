from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.errors import ConfigError


@settings(max_examples=30)
@given(st.floats(1e-3, 1 - 1e-3), st.integers(0, 2**32 - 1))
def test_no_row_is_lost_or_doubled(ratings: Ratings, fraction: float, seed: int) -> None:
    split = split_ratings(ratings, SplitConfig(fraction, seed))
    rows = np.concatenate([split.train_rows, split.valid_rows])
    assert rows.dtype == np.int64
    assert len(split.valid_rows) == int(fraction * ratings.n_ratings)
    np.testing.assert_array_equal(np.sort(rows), np.arange(ratings.n_ratings))


@given(st.integers(0, 2**32 - 1), st.floats(0.2, 0.9))
def test_unseen_rows_as_counted_by_hand(small_folder: Callable[..., Path], seed: int, fraction: float) -> None:
    rows = [(1, 10, 3), (1, 20, 4), (2, 10, 1), (2, 30, 2), (3, 40, 5), (4, 10, 3)]
    ratings = read_ratings(small_folder(rows))
    split = split_ratings(ratings, SplitConfig(fraction, seed))
    train = [rows[row] for row in split.train_rows]
    valid = [rows[row] for row in split.valid_rows]
    users, items = {row[0] for row in train}, {row[1] for row in train}
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


TIMED = [(1, 10, 3, 50), (1, 20, 4, 20), (2, 10, 1, 20), (2, 30, 2, 90), (1, 30, 5, 50), (3, 20, 3, 10), (1, 40, 2, 5)]


def test_by_time_the_latest_validate_ties_in_file_order(small_folder: Callable[..., Path]) -> None:
    split = split_ratings(read_ratings(small_folder(TIMED)), SplitConfig(0.5, kind="time"))
    assert split.valid_rows.tolist() == [0, 4, 3]  # at 50, 50 and 90
    assert split.train_rows.tolist() == [1, 2, 5, 6]
    split = split_ratings(read_ratings(small_folder(TIMED)), SplitConfig(0.3, kind="time"))
    assert split.valid_rows.tolist() == [4, 3]  # of the two at 50 the later line


def test_the_last_of_each_user(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder(TIMED))
    split = split_ratings(ratings, SplitConfig(kind="last-k", k=1))
    assert split.valid_rows.tolist() == [4, 3]  # user 1's at 50 that stands later, user 2's at 90; user 3 has but one
    split = split_ratings(ratings, SplitConfig(kind="last-k", k=2))
    assert split.valid_rows.tolist() == [0, 4, 3]
    split = split_ratings(ratings, SplitConfig(kind="last-k", k=100))
    assert split.valid_rows.tolist() == [1, 0, 4, 3]  # all but each user's first
    assert split.n_unseen_rows == split.n_unseen_items == 2  # both of item 30; every user has a training rating


TABLES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 6), st.sampled_from([1, 2.5, 4]), st.integers(0, 5)),
    min_size=4, max_size=24, unique_by=lambda row: row[:2],
).filter(lambda rows: all(len({row[i] for row in rows}) > 1 for i in range(3)))  # fmt: skip


@settings(max_examples=40)
@given(TABLES, st.sampled_from(["random", "time", "last-k"]), st.floats(0.1, 0.9), st.integers(1, 5))
def test_whatever_the_kind_no_row_is_lost_or_doubled(
    small_folder: Callable[..., Path], rows: list[tuple[Any, ...]], kind: Any, fraction: float, k: int
) -> None:
    ratings = read_ratings(small_folder(rows))
    try:
        split = split_ratings(ratings, SplitConfig(fraction, 0, kind, k))
    except ConfigError:
        return  # too small for this split
    assert sorted([*split.train_rows, *split.valid_rows]) == list(range(len(rows)))
    times = np.array([row[3] for row in rows])
    if kind == "time":
        assert times[split.train_rows].max() <= times[split.valid_rows].min()
    if kind == "last-k":
        for user in {row[0] for row in rows}:
            train, valid = (
                [times[row] for row in part if rows[row][0] == user] for part in (split.train_rows, split.valid_rows)
            )
            assert len(valid) == min(k, len(train) + len(valid) - 1)
            assert max(train) <= min(valid, default=9)


@pytest.mark.parametrize("latest", [3, 2**62], ids=["one key", "no room for one key"])
@given(st.data())
def test_the_order_is_that_of_a_plain_sort(ratings: Ratings, latest: int, data: st.DataObject) -> None:
    """Users of any order in the file, many ratings in the same second, the earliest before 1970."""
    users = np.array(data.draw(st.lists(st.integers(0, 3), min_size=4, max_size=40)))
    times = np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1, latest]), min_size=len(users), max_size=len(users))))
    ids = IdMap(np.arange(4), "user")
    few = replace(ratings, users=ids, user_idx=users, item_idx=users, rating=np.ones(len(users)), timestamp=times)
    by_time = sorted(range(len(users)), key=lambda row: times[row])
    assert split_ratings(few, SplitConfig(0.5, kind="time")).valid_rows.tolist() == by_time[-(len(users) // 2) :]
    of_users = [[row for row in by_time if users[row] == user] for user in range(4)]
    last = [row for rows in of_users for row in rows[1:][-2:]]
    if last:
        assert split_ratings(few, SplitConfig(kind="last-k", k=2)).valid_rows.tolist() == last


def test_the_kinds_on_the_lessons_data(ratings: Ratings) -> None:
    by_time = split_ratings(ratings, SplitConfig(kind="time"))
    assert (len(by_time.train_rows), len(by_time.valid_rows)) == (80_004, 20_000)
    assert (by_time.n_unseen_items, by_time.n_unseen_rows) == (4_140, 18_140)
    last = split_ratings(ratings, SplitConfig(kind="last-k", k=5))
    assert (len(last.valid_rows), last.n_unseen_rows) == (671 * 5, last.n_unseen_items)  # no user is unseen


def test_the_training_mean_is_that_of_the_training_rows(small_folder: Callable[..., Path]) -> None:
    split = split_ratings(read_ratings(small_folder(TIMED)), SplitConfig(0.5, kind="time"))
    assert split.train_mean == (4 + 1 + 3 + 2) / 4  # rows 1, 2, 5 and 6


def test_records_of_before_the_kinds_are_still_read() -> None:
    assert SplitConfig(**{"valid_fraction": 0.2, "seed": 42}) == SplitConfig()
    assert (SplitConfig().kind, SplitConfig().k) == ("random", 5)


@pytest.mark.parametrize("kind", ["time", "last-k"])
def test_time_needs_timestamps(small_folder: Callable[..., Path], kind: Any) -> None:
    ratings = read_ratings(small_folder([row[:3] for row in TIMED]))
    with pytest.raises(ConfigError, match=r"has no timestamps to split by\. Choose the random split\.$"):
        split_ratings(ratings, SplitConfig(0.5, kind=kind))


def test_users_with_one_rating_each_cannot_give_their_last(small_folder: Callable[..., Path]) -> None:
    ratings = read_ratings(small_folder([(1, 10, 3, 1), (2, 20, 4, 2), (3, 10, 5, 3)]))
    with pytest.raises(ConfigError, match=r"^Every user has a single rating"):
        split_ratings(ratings, SplitConfig(kind="last-k"))


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match=r"^kind='alphabet' .*Choose one of: random, time, last-k\.$"):
        SplitConfig(kind="alphabet")


@pytest.mark.parametrize("k", [0, 1_001, 2.0, True, None])
def test_k_out_of_range(k: Any) -> None:
    with pytest.raises(ConfigError, match=r"^k=.*Choose one from 1 to 1000\.$"):
        SplitConfig(k=k)


@pytest.mark.parametrize(
    "config", [SplitConfig(), SplitConfig(0.1, 7), SplitConfig(kind="time"), SplitConfig(kind="last-k", k=2)]
)
def test_an_inner_split_has_no_validation_row_in_either_part(ratings: Ratings, config: SplitConfig) -> None:
    outer, inner = split_ratings(ratings, config), split_ratings(ratings, replace(config, inner=True))
    rows = np.concatenate([inner.train_rows, inner.valid_rows])
    assert np.intersect1d(rows, outer.valid_rows).size == 0
    np.testing.assert_array_equal(np.sort(rows), outer.train_rows)
    assert (np.diff(inner.train_rows) > 0).all()


def test_an_inner_split_goes_by_the_rule_of_its_kind(small_folder: Callable[..., Path]) -> None:
    rows = [(1, 10, 3, 5), (1, 20, 4, 1), (1, 30, 1, 3), (2, 10, 2, 4), (2, 20, 5, 2), (3, 30, 3, 6)]
    ratings = read_ratings(small_folder(rows))

    def valid(kind: Any, inner: bool) -> list[int]:
        return split_ratings(ratings, SplitConfig(0.34, kind=kind, k=1, inner=inner)).valid_rows.tolist()

    assert (valid("time", False), valid("time", True)) == ([0, 5], [3])
    assert (valid("last-k", False), valid("last-k", True)) == ([0, 3], [2])
    assert not {*valid("random", False)} & {*valid("random", True)}


def test_inner_is_true_or_false() -> None:
    with pytest.raises(ConfigError, match="inner=1 is neither true nor false"):
        SplitConfig(inner=1)
