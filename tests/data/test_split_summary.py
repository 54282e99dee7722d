from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.data.split_summary import by_user, new_items, over_time, split_summary

FEBRUARY, APRIL = 31 * 86_400, 91 * 86_400
# By time, half of the six: the last three rows validate. Movie 30 and 40, and user 3, are theirs alone.
ROWS = [(1, 10, 3, 0), (1, 20, 4, 1), (2, 10, 1, 2), (2, 30, 2, APRIL), (3, 40, 5, APRIL), (3, 30, 3, APRIL)]


@pytest.fixture(scope="module")
def by_time(small_folder: Callable[..., Path]) -> Split:
    return split_ratings(read_ratings(small_folder(ROWS)), SplitConfig(0.5, kind="time"))


def test_summary_by_hand(by_time: Split) -> None:
    summary = split_summary(by_time)
    assert (summary.n_train, summary.n_valid, summary.n_new_items, summary.n_new_users) == (3, 3, 2, 1)
    assert summary.unseen_share == 1.0


def test_movies_that_training_never_sees(by_time: Split) -> None:
    assert new_items(by_time).to_dict("list") == {
        "item_id": [30, 40],
        "title": ["Movie 30 (1994)", "Movie 40 (1994)"],
        "n_valid": [2, 1],
    }


def test_over_time(by_time: Split) -> None:
    quarters = [pd.Timestamp("1970-01-01"), pd.Timestamp("1970-04-01")]
    assert over_time(by_time).to_dict("list") == {"quarter": quarters, "n_train": [3, 0], "n_valid": [0, 3]}


def test_a_first_quarter_that_begins_in_mid_quarter(small_folder: Callable[..., Path]) -> None:
    rows = [(1, 10, 3, FEBRUARY), (1, 20, 4, FEBRUARY), (2, 10, 1, APRIL), (2, 30, 2, APRIL)]
    quarters = over_time(split_ratings(read_ratings(small_folder(rows)), SplitConfig(0.5, kind="time")))
    assert quarters["quarter"].tolist() == [pd.Timestamp("1970-01-01"), pd.Timestamp("1970-04-01")]
    assert quarters["n_train"].tolist() == [2, 0]


def test_by_user(by_time: Split) -> None:
    assert by_user(by_time).to_dict("list") == {"user_id": [1, 2, 3], "n_ratings": [2, 2, 2], "n_valid": [0, 1, 2]}


def test_the_lessons_split(split: Split) -> None:
    summary = split_summary(split)
    assert (summary.n_train, summary.n_valid, summary.n_new_items, summary.n_new_users) == (80_004, 20_000, 667, 0)
    assert summary.unseen_share == 742 / 20_000
    assert new_items(split)["n_valid"].sum() == 742
    quarters = over_time(split)
    assert (quarters["n_train"].sum(), quarters["n_valid"].sum()) == (80_004, 20_000)


def test_without_timestamps(small_folder: Callable[..., Path]) -> None:
    split = split_ratings(read_ratings(small_folder([row[:3] for row in ROWS])), SplitConfig(0.5))
    assert over_time(split).empty
