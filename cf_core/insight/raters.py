"""Kind and harsh raters by their bias: how they rate once what they watch is taken into account."""

import numpy as np
import pandas as pd

from cf_core.data.ratings import Ratings
from cf_core.errors import DataMismatchError
from cf_core.fitted_factors import FittedFactors


def raters(factors: FittedFactors, ratings: Ratings) -> pd.DataFrame:
    """All users with a training rating, the kindest first, ties in index order.

    Over the ratings r of a user for movies that others rated too, where m_i is the mean of the others' ratings of
    movie i,

        others_mean = mean of m_i,   above_others = mean of r - m_i

    The first shows who chooses good movies, the second who gives more stars than others do.

    Returns:
        Columns `rank` (from 1, the kindest first), `user_id`, `bias` (in `factors.bias_unit`), `n_ratings`,
        `mean_rating`, `others_mean` and `above_others` (stars; the last two NaN if nobody else rated the movies).

    Raises:
        MissingPartError: the model has no biases.
        DataMismatchError: the factors belong to other ratings.
    """
    bias = factors.need_user_bias()
    if factors.users != ratings.users:
        raise DataMismatchError(
            f"These factors do not belong to the users of '{ratings.name}'. "
            "Choose the data that the run was trained on."
        )
    users = np.flatnonzero(factors.n_train_by_user > 0)
    users = users[np.argsort(-bias[users], kind="stable")]
    others, above = _beside_others(ratings)
    stats = ratings.user_stats().iloc[users]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(users) + 1),
            "user_id": stats["user_id"].to_numpy(),
            "bias": bias[users].astype(np.float64),
            "n_ratings": stats["n_ratings"].to_numpy(),
            "mean_rating": stats["mean_rating"].to_numpy(),
            "others_mean": others[users],
            "above_others": above[users],
        }
    )


def _beside_others(ratings: Ratings) -> tuple[np.ndarray, np.ndarray]:
    """`others_mean` and `above_others` of each user, shape (n_users,)."""
    movies, item = ratings.item_stats(), ratings.item_idx
    n = movies["n_ratings"].to_numpy()[item]
    total = (movies["mean_rating"].to_numpy() * movies["n_ratings"].to_numpy())[item]
    shared = np.flatnonzero(n > 1)
    user, given = ratings.user_idx[shared], ratings.rating[shared].astype(np.float64)
    by_others = (total[shared] - given) / (n[shared] - 1)
    counts = np.bincount(user, minlength=ratings.n_users)
    sums = (np.bincount(user, values, minlength=ratings.n_users) for values in (by_others, given - by_others))
    others, above = (np.divide(total, counts, out=np.full(ratings.n_users, np.nan), where=counts > 0) for total in sums)
    return others, above
