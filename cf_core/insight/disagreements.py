"""The validation ratings on which two models disagree most."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.split import Split


def disagreements(split: Split, one: NDArray[np.floating], other: NDArray[np.floating], n: int = 100) -> pd.DataFrame:
    """The `n` validation ratings whose two predictions are furthest apart, the furthest first, ties in the order of
    `split.valid_rows`.

    Args:
        one, other: ŷ of each validation rating by either model, in stars, in the order of `split.valid_rows`.

    Returns:
        Columns `user_id`, `item_id`, `title`, `rating`, `one`, `other` (predictions; all three in stars) and `closer`:
        "one", "other", or "both" where they are equally far off.
    """
    ratings, at = split.ratings, np.argsort(-np.abs(one - other), kind="stable")[:n]
    rows, one, other = split.valid_rows[at], one[at], other[at]
    item, given = ratings.item_idx[rows], ratings.rating[rows].astype(np.float64)
    off = np.abs(given - other) - np.abs(given - one)
    return pd.DataFrame(
        {
            "user_id": ratings.users.ids[ratings.user_idx[rows]],
            "item_id": ratings.items.ids[item],
            "title": ratings.item_table["title"].to_numpy()[item],
            "rating": given,
            "one": one,
            "other": other,
            "closer": np.select([off > 0, off < 0], ["one", "other"], "both"),
        }
    )
