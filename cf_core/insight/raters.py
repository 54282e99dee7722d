"""Kind and harsh raters by their bias: how they rate once what they watch is taken into account."""

import numpy as np
import pandas as pd

from cf_core.data.part import Part
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
    movies = ratings.item_stats()
    n, total = movies["n_ratings"].to_numpy(), (movies["mean_rating"] * movies["n_ratings"]).to_numpy()
    counts, of_others, beyond = (np.zeros(ratings.n_users) for _ in range(3))
    for users, items, given in Part(ratings).chunks(ratings.user_idx, ratings.item_idx, ratings.rating):
        shared = np.flatnonzero(n[items] > 1)
        user, item, stars = users[shared], items[shared], given[shared].astype(np.float64)
        by_others = (total[item] - stars) / (n[item] - 1)
        counts += np.bincount(user, minlength=len(counts))
        of_others += np.bincount(user, by_others, minlength=len(counts))
        beyond += np.bincount(user, stars - by_others, minlength=len(counts))
    others, above = (
        np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0) for sums in (of_others, beyond)
    )
    return others, above
