"""What two people would like, and quarrel about, by hand."""

import numpy as np
import pytest

from cf_core.insight.side_by_side import side_by_side
from tests.insight.small_model import model

RATINGS = model()[1].ratings
ALL = np.array([0, 1, 2])


def test_by_hand() -> None:
    pair = side_by_side(RATINGS, ALL, np.array([4.0, 3.0, 1.0]), np.array([3.5, 4.5, 5.0]), rated=np.array([1]))
    assert pair.both[["item_id", "first", "second"]].to_numpy().tolist() == [[7, 4.0, 3.5], [9, 1.0, 5.0]]
    assert pair.apart["item_id"].tolist() == [9, 8, 7]
    assert list(pair.both.columns) == ["item_id", "title", "first", "second", "n_ratings"]
    assert pair.correlation == pytest.approx(np.corrcoef([4, 3, 1], [3.5, 4.5, 5])[0, 1])


def test_only_so_many_and_only_among_those_compared() -> None:
    pair = side_by_side(RATINGS, np.array([2, 0]), np.array([4.0, 9, 1]), np.array([3.5, 0, 5]), np.array([]), n=1)
    assert pair.both["item_id"].tolist() == [7] and pair.apart["item_id"].tolist() == [9]


def test_a_person_of_equal_predictions_agrees_with_nobody() -> None:
    pair = side_by_side(RATINGS, ALL, np.full(3, 3.5), np.array([3.5, 4.5, 5.0]), np.array([]))
    assert np.isnan(pair.correlation)
    assert np.isnan(side_by_side(RATINGS, ALL[:1], np.ones(3), np.ones(3), np.array([])).correlation)
