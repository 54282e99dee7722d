"""Predicted against actual: by hand, and every rating in one place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.insight.calibration import MOST_LEVELS, calibration, nearest_level, predicted_table, rating_levels


def test_two_bins_by_hand() -> None:
    table = calibration(np.array([4.0, 1.0, 3.0, 2.0]), np.array([5.0, 1.0, 3.0, 2.0]), n_bins=2)
    assert table["n_ratings"].tolist() == [2, 2]
    assert table["predicted"].tolist() == [1.5, 3.5]
    assert table["actual"].tolist() == [1.5, 4.0]
    assert table["standard_error"].tolist() == pytest.approx([0.5, 1.0])  # std 0.707 and 1.414, over √2
    assert table[["low", "high"]].to_numpy().tolist() == [[1, 2], [3, 4]]


def test_equal_predictions_stay_together() -> None:
    table = calibration(np.full(100, 3.5), np.arange(100.0))
    assert (table["n_ratings"].tolist(), table["actual"].tolist()) == ([100], [49.5])
    table = calibration(np.array([1.0, *[2.0] * 18, 3.0]), np.zeros(20))
    assert table[["low", "high"]].to_numpy().tolist() == [[1, 1], [2, 3]]


def test_one_rating_has_no_standard_error() -> None:
    table = calibration(np.array([3.0]), np.array([4.0]))
    assert len(table) == 1 and np.isnan(table["standard_error"].iloc[0])


@given(n=st.integers(1, 60), n_bins=st.integers(1, 12))
def test_bins_part_the_ratings_evenly(n: int, n_bins: int) -> None:
    draw = np.random.default_rng(n)
    predicted, rating = draw.normal(size=n), draw.normal(size=n)
    table = calibration(predicted, rating, n_bins)
    assert table["n_ratings"].sum() == n
    assert table["n_ratings"].max() - table["n_ratings"].min() <= 1
    assert (table["n_ratings"] * table["actual"]).sum() == pytest.approx(rating.sum())
    assert (table["low"].to_numpy()[1:] > table["high"].to_numpy()[:-1]).all()


def test_the_table_of_predicted_by_actual() -> None:
    levels = np.array([1.0, 2.0, 4.0])
    table = predicted_table(np.array([-5.0, 1.4, 2.9, 3.1, 9.0]), np.array([1.0, 1.0, 4.0, 4.0, 2.0]), levels)
    assert table.to_numpy().tolist() == [[2, 0, 0], [0, 0, 1], [0, 1, 1]]
    assert (table.index.tolist(), table.columns.tolist()) == (levels.tolist(), levels.tolist())


def test_levels_are_the_stars_that_occur_unless_they_are_many() -> None:
    assert rating_levels(np.array([3, 0.5, 3, 5], np.float32)).tolist() == [0.5, 3, 5]
    many = rating_levels(np.linspace(0, 10, 100))
    assert many.tolist() == np.arange(11).tolist()
    assert len(rating_levels(np.linspace(0.3, 97, 100))) <= MOST_LEVELS
    assert nearest_level(np.array([1.5, 1.51]), np.array([1.0, 2.0])).tolist() == [0, 1]
