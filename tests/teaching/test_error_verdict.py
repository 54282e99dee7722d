"""The sentences above the pictures of the error, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cf_core.insight.detective import Case, neighbour_errors
from cf_core.insight.neighbourhood import Neighbours
from cf_core.teaching.error_verdict import (
    calibration_verdict,
    error_duel_verdict,
    neighbour_verdict,
    residual_verdict,
    slice_verdict,
)


def frame(*rows: tuple[str, int, float, str]) -> pd.DataFrame:
    """Slices: name, number of ratings, RMSE, standing."""
    return pd.DataFrame(rows, columns=["slice", "n_ratings", "rmse", "standing"]).assign(mae=0.5)


COUNTS = frame(
    ("never", 742, 0.99, "no clear difference"),
    ("1", 587, 0.952, "better"),
    ("200+", 455, 0.8, "better"),
    ("500+", 3, 0.1, "too few to tell"),
)


def test_counts_are_told_from_end_to_end() -> None:
    assert slice_verdict(COUNTS, "movie", "rmse") == (
        "RMSE 0.99 for movies without a training rating, no better than the means; RMSE 0.80 for movies with 200+ "
        "training ratings, better than the means. In 1 of 3 slices it is not clearly better."
    )
    assert slice_verdict(COUNTS.iloc[1:], "user", "rmse") == (
        "RMSE 0.95 for users with 1 training rating and 0.80 for users with 200+ training ratings, both better than "
        "the means."
    )


@pytest.mark.parametrize(
    ("by", "names", "said"),
    [
        ("genre", ("Drama", "Film-Noir"), ("Drama", "Film-Noir")),
        ("decade", ("1990s", "no year"), ("movies of the 1990s", "movies without a year")),
        ("rating", ("0.5", "1"), ("ratings of 0.5 stars", "ratings of 1 star")),
    ],
)
def test_others_from_the_worst_to_the_best(by, names: tuple[str, str], said: tuple[str, str]) -> None:
    table = frame((names[1], 100, 0.7, "worse"), ("middle", 100, 0.8, "better"), (names[0], 100, 0.9, "better"))
    assert slice_verdict(table, by, "rmse") == (
        f"RMSE 0.90 for {said[0]}, better than the means; RMSE 0.70 for {said[1]}, worse than the means. "
        "In 1 of 3 slices it is not clearly better."
    )


def test_one_slice_alone_and_nothing_but_few() -> None:
    few = frame(("no year", 4, 1.2, "too few to tell"))
    assert slice_verdict(few, "decade", "mae") == (
        "MAE 0.50 for movies without a year, on too few ratings to tell: there is no other slice."
    )


def test_calibration() -> None:
    bins = pd.DataFrame({"predicted": [2.4, 4.0], "actual": [2.2, 4.1], "n_ratings": [10, 30]})
    assert calibration_verdict(bins) == (
        "What users give is 0.12 stars off what is predicted, bin by bin; most where the model says 2.40 and they give "
        "2.20."
    )


def test_residuals() -> None:
    assert residual_verdict(np.array([0.5, -0.2, 1.0, -2.5])) == (
        "50.0% of 4 predictions are within half a star; 25.0% are off by more than 2 stars."
    )


def asked(predicted: float | None) -> Neighbours:
    none = np.empty(0)
    return Neighbours(none.astype(np.int64), none, none, 0 if predicted is None else 1, predicted)


CASE = Case(0, 0, 1.0, 4.0, None, None, 0, 0, {})


@pytest.mark.parametrize(
    ("movies", "users", "start"),
    [
        (2.5, 4.5, "1 of 2 kinds of neighbours come closer; closest are the similar movies by factors, 1.50 stars off"),
        (4.5, None, "No neighbours come closer: the model is 3.00 stars off"),
        (None, None, "No neighbour can help"),
    ],
)
def test_neighbours(movies: float | None, users: float | None, start: str) -> None:
    case = replace(CASE, neighbours={("factors", "movies"): asked(movies), ("factors", "users"): asked(users)})
    assert neighbour_verdict(case, neighbour_errors(case)).startswith(start)


def test_two_runs_are_told_by_the_slices_in_which_one_is_ahead() -> None:
    assert error_duel_verdict(COUNTS) == "**A** is clearly better in 2 of 3 slices, **B** in 0."
    worse = COUNTS.assign(standing="worse")
    assert error_duel_verdict(worse) == "**B** is clearly better in 4 of 4 slices, **A** in 0."
    alike = COUNTS.assign(standing="no clear difference")
    assert error_duel_verdict(alike) == "In none of 4 slices is one of the two clearly better."
