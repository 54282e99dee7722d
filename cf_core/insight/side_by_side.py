"""Predictions side by side, of one model for two people or of two models for one person: where they agree, and where
they differ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Two sets of predictions of the same movies.

    Attributes:
        both: the new movies whose lower prediction of the two is highest, the highest first:
            item_id, title, first, second (predicted stars), n_ratings.
        apart: the movies whose two predictions are furthest apart, the furthest first; the same columns.
        correlation: of the predictions for all these movies, -1 to 1; NaN where those of one are all equal.
    """

    both: pd.DataFrame
    apart: pd.DataFrame
    correlation: float


def side_by_side(
    ratings: Ratings,
    items: NDArray[np.int64],
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    rated: NDArray[np.int64],
    n: int = 10,
) -> SideBySide:
    """Compare two sets of predictions.

    Args:
        items: indices of the movies to compare on, such as the most rated ones.
        first, second: (n_items of the data,) predicted stars.
        rated: indices of the movies that are not new to both.
        n: movies in each table, at most.
    """
    movies = ratings.item_stats().iloc[items][["item_id", "title", "n_ratings"]].reset_index(drop=True)
    movies.insert(2, "first", np.asarray(first)[items])
    movies.insert(3, "second", np.asarray(second)[items])
    is_new = ~np.isin(items, rated)
    lower = movies[["first", "second"]].min(axis=1)[is_new]
    distance = (movies["first"] - movies["second"]).abs()
    return SideBySide(
        both=movies.loc[lower.sort_values(ascending=False, kind="stable").index[:n]].reset_index(drop=True),
        apart=movies.loc[distance.sort_values(ascending=False, kind="stable").index[:n]].reset_index(drop=True),
        correlation=_correlation(movies["first"].to_numpy(np.float64), movies["second"].to_numpy(np.float64)),
    )


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    if len(first) < 2 or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
