"""The validation ratings one by one, with what the model predicted for them."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.split import Split
from cf_core.errors import ConfigError
from cf_core.insight.rating_steps import round_step

Off = Literal["both", "too high", "too low"]
"""Which predictions are looked for."""


def residual_table(split: Split, predicted: NDArray[np.floating]) -> pd.DataFrame:
    """One row per validation rating, the largest error first, ties in the order of `split.valid_rows`.

    Args:
        predicted: ŷ of every rating of the data, in stars, shape (n_ratings,).

    Returns:
        `row` (of the rating in the data), `user_id`, `item_id`, `title`, `rating`, `predicted`, `residual` (rating -
        predicted; all three in stars), `user_n_train` and `item_n_train` (training ratings of the user and movie).
    """
    ratings, rows = split.ratings, split.valid_rows
    residual = ratings.rating[rows].astype(np.float64) - predicted[rows]
    rows = rows[np.argsort(-np.abs(residual), kind="stable")]
    user, item = ratings.user_idx[rows], ratings.item_idx[rows]
    given = ratings.rating[rows].astype(np.float64)
    return pd.DataFrame(
        {
            "row": rows,
            "user_id": ratings.users.ids[user],
            "item_id": ratings.items.ids[item],
            "title": ratings.item_table["title"].to_numpy()[item],
            "rating": given,
            "predicted": predicted[rows],
            "residual": given - predicted[rows],
            "user_n_train": np.bincount(ratings.user_idx[split.train_rows], minlength=ratings.n_users)[user],
            "item_n_train": np.bincount(ratings.item_idx[split.train_rows], minlength=ratings.n_items)[item],
        }
    )


def close_to(rating_range: tuple[float, float]) -> float:
    """How far off a prediction may be and still be close, on a scale from the lowest to the highest rating: about a
    tenth of it, in a round number. On MovieLens half a star, from 0 to 100 ten points."""
    return round_step((rating_range[1] - rating_range[0]) or 1.0, 11)


def worst(table: pd.DataFrame, off: Off = "both", n: int = 1_000) -> pd.DataFrame:
    """The first `n` rows of a residual table whose prediction is off that way.

    Raises:
        ConfigError: `n` is below 1.
    """
    if n < 1:
        raise ConfigError(f"n={n} shows no prediction. Choose 1 or more.")
    if off == "too high":
        table = table[table["residual"] < 0]
    elif off == "too low":
        table = table[table["residual"] > 0]
    return table.head(n).reset_index(drop=True)
