"""The validation ratings one by one, with what the model predicted for them."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.split import Split
from cf_core.data.split_summary import item_counts, user_counts
from cf_core.errors import ConfigError
from cf_core.insight.rating_steps import round_step

Off = Literal["both", "too high", "too low"]
"""Which predictions are looked for."""


def residuals(split: Split, predicted: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rating minus prediction of each validation rating, in stars, in the order of `split.valid_rows`.

    Args:
        predicted: ŷ of each validation rating, in stars, in the same order.
    """
    residual: NDArray[np.float64] = np.subtract(split.ratings.rating[split.valid_rows], predicted, dtype=np.float64)
    return residual


def close_to(rating_range: tuple[float, float]) -> float:
    """How far off a prediction may be and still be close, on a scale from the lowest to the highest rating: about a
    tenth of it, in a round number. On MovieLens half a star, from 0 to 100 ten points."""
    return round_step((rating_range[1] - rating_range[0]) or 1.0, 11)


def worst(
    split: Split,
    predicted: NDArray[np.floating],
    off: Off = "both",
    n: int = 1_000,
    user_idx: int | None = None,
    item_idx: int | None = None,
) -> pd.DataFrame:
    """The `n` validation ratings with the largest errors, the largest first, ties in the order of `split.valid_rows`.
    Of millions nothing but these is sorted and put into a table.

    Args:
        predicted: as for `residuals`.
        off: only those that are predicted so.
        user_idx, item_idx: only those of this user, and of this movie.

    Returns:
        `row` (of the rating in the data), `user_id`, `item_id`, `title`, `rating`, `predicted`, `residual` (rating -
        predicted; all three in stars), `user_n_train` and `item_n_train` (training ratings of the user and movie).

    Raises:
        ConfigError: `n` is below 1.
    """
    if n < 1:
        raise ConfigError(f"n={n} shows no prediction. Choose 1 or more.")
    ratings, valid, error = split.ratings, split.valid_rows, residuals(split, predicted)
    wanted = {"both": np.ones(len(error), np.bool_), "too high": error < 0, "too low": error > 0}[off]
    for index, one in ((ratings.user_idx, user_idx), (ratings.item_idx, item_idx)):
        if one is not None:
            wanted &= index[valid] == one
    at = np.flatnonzero(wanted)
    at = at[_largest(np.abs(error[at]), n)]
    user, item = ratings.user_idx[valid[at]], ratings.item_idx[valid[at]]
    return pd.DataFrame(
        {
            "row": valid[at],
            "user_id": ratings.users.ids[user],
            "item_id": ratings.items.ids[item],
            "title": ratings.item_table["title"].to_numpy()[item],
            "rating": ratings.rating[valid[at]].astype(np.float64),
            "predicted": predicted[at],
            "residual": error[at],
            "user_n_train": user_counts(split).n_train[user],
            "item_n_train": item_counts(split).n_train[item],
        }
    )


def _largest(values: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Positions of the `n` largest values, the largest first, equal ones in their order."""
    least = np.partition(values, -n)[-n] if n < len(values) else -np.inf
    few = np.flatnonzero(values >= least)
    return few[np.argsort(-values[few], kind="stable")[:n]]
