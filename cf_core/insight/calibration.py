"""Predicted against actual ratings: what users gave where the model predicted so many stars, and how they spread."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.insight.rating_steps import even_steps

MOST_LEVELS = 20


def calibration(predicted: NDArray[np.floating], rating: NDArray[np.floating], n_bins: int = 10) -> pd.DataFrame:
    """The mean rating by bins of prediction. The predictions in order are cut into `n_bins` bins of equal numbers, as
    far as ties allow: equal predictions are never parted. A calibrated model has mean rating = mean prediction in
    every bin, whatever its RMSE.

    Args:
        predicted, rating: of the same ratings, in stars, shape (n,), n of 1 or more.

    Returns:
        One row per bin, ascending: `low`, `high` (its lowest and highest prediction), `predicted`, `actual` (means),
        `standard_error` (of `actual`: std / √n; NaN for a single rating), all in stars, and `n_ratings`.
    """
    in_order = np.sort(predicted)
    starts = np.unique(in_order[np.arange(1, n_bins) * len(in_order) // n_bins])
    code = np.searchsorted(starts, predicted, side="right")
    frame = pd.DataFrame({"bin": code, "predicted": predicted, "rating": np.asarray(rating, np.float64)})
    bins = frame.groupby("bin")
    table = pd.DataFrame(
        {
            "low": bins["predicted"].min(),
            "high": bins["predicted"].max(),
            "predicted": bins["predicted"].mean(),
            "actual": bins["rating"].mean(),
            "standard_error": bins["rating"].sem(),
            "n_ratings": bins.size(),
        }
    )
    return table.reset_index(drop=True)


def predicted_table(
    predicted: NDArray[np.floating], rating: NDArray[np.floating], levels: NDArray[np.float64]
) -> pd.DataFrame:
    """How many ratings of each level were predicted at each level: both go to the nearest of `levels`. Rows are actual
    levels (index `rating`), columns predicted ones (`predicted`), both ascending; the sum of all cells is n."""
    n = len(levels)
    cells = np.bincount(nearest_level(rating, levels) * n + nearest_level(predicted, levels), minlength=n * n)
    return pd.DataFrame(
        cells.reshape(n, n), index=pd.Index(levels, name="rating"), columns=pd.Index(levels, name="predicted")
    )


def rating_levels(rating: NDArray[np.floating]) -> NDArray[np.float64]:
    """The ratings that occur, ascending; where there are more than `MOST_LEVELS`, even steps, at most so many."""
    values = np.unique(rating).astype(np.float64)
    return values if len(values) <= MOST_LEVELS else np.array(even_steps(values[0], values[-1], MOST_LEVELS))


def nearest_level(stars: NDArray[np.floating], levels: NDArray[np.float64]) -> NDArray[np.int64]:
    """The position of the level nearest to each number of stars; the lower one where two are as near."""
    between = (levels[1:] + levels[:-1]) / 2
    return np.searchsorted(between, np.asarray(stars, np.float64), side="left").astype(np.int64)
