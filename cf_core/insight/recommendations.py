"""What a user should watch, what each prediction is made of, and which of their ratings it rests on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.insight.fold_in import UserVector, checked_ratings, predict_all, problem_of
from cf_core.insight.item_side import ItemSide
from cf_core.insight.leave_one_out import leave_one_out
from cf_core.insight.newton import minimise


@dataclass(frozen=True, eq=False)
class Parts:
    """One prediction taken apart: x = constant + user_bias + item_bias + Σ factors is `sum`, and `predicted` (stars) is
    what the scale makes of it. `factors` are the products p_f · q_if, shape (n_factors,)."""

    constant: float
    user_bias: float
    item_bias: float
    factors: NDArray[np.float64]
    sum: float
    predicted: float


def recommend(side: ItemSide, user: UserVector, ratings: Ratings, rated: ArrayLike, n: int = 10) -> pd.DataFrame:
    """The `n` items of highest prediction among those with a training rating that are not in `rated`. Equal predictions
    are in the order of the number of ratings, the most rated first, then of index.

    Args:
        rated: indices of the items to leave out.

    Returns:
        Columns `rank` (from 1), `item_idx`, `item_id`, `title`, `predicted` (stars), `n_ratings` and `mean_rating`
        (stars; both over all ratings); fewer than `n` rows if there are fewer items.

    Raises:
        ConfigError: `n` is below 1.
    """
    if n < 1:
        raise ConfigError(f"n={n} recommends nothing. Choose 1 or more.")
    open_to = side.trained.copy()
    open_to[np.asarray(rated, dtype=np.int64)] = False
    candidates = np.flatnonzero(open_to)
    predicted, stats = predict_all(side, user)[candidates], ratings.item_stats()
    n_ratings = stats["n_ratings"].to_numpy()[candidates]
    first = np.lexsort((candidates, -n_ratings, -predicted))[:n]
    movies = stats.iloc[candidates[first]]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(first) + 1),
            "item_idx": candidates[first],
            "item_id": movies["item_id"].to_numpy(),
            "title": movies["title"].to_numpy(),
            "predicted": predicted[first],
            "n_ratings": n_ratings[first],
            "mean_rating": movies["mean_rating"].to_numpy(),
        }
    )


def parts(side: ItemSide, user: UserVector, item_idx: int) -> Parts:
    """What the user's prediction for one item is made of, before the range."""
    products = user.user_factors * side.item_factors[item_idx]
    item_bias = float(side.item_bias[item_idx])
    total = side.scale.start + user.user_bias + item_bias + float(products.sum())
    return Parts(side.scale.start, user.user_bias, item_bias, products, total, side.scale.stars(total))


def because(
    side: ItemSide, rated_idx: ArrayLike, stars: ArrayLike, weight_decay: float, item_idxs: ArrayLike
) -> NDArray[np.float64]:
    """By how many stars each rating moves each item's prediction:

        change = prediction with all ratings - prediction without this one

    It is exact: the user is folded in again without the rating, see `leave_one_out`. Changes do not add up to the
    prediction, since ratings speak of the same factors.

    Returns:
        Shape (n_rated, n_items), rows as in `rated_idx`, columns as in `item_idxs`.

    Raises:
        UnknownIdError, ConfigError, ConvergenceError: as `fold_in`.
    """
    user, without = leave_one_out(side, rated_idx, stars, weight_decay)
    return changes(side, user, without, item_idxs)


def changes(
    side: ItemSide, user: NDArray[np.float64], without: NDArray[np.float64], item_idxs: ArrayLike
) -> NDArray[np.float64]:
    """`because` from what `leave_one_out` found, which does not depend on the items."""
    items = np.asarray(item_idxs, dtype=np.int64)
    x = np.vstack([user, without]) @ side.design(items).T + side.offset(items)
    predicted, _ = side.scale.value_and_derivative(x)
    change: NDArray[np.float64] = predicted[0] - predicted[1:]
    return change


def path(
    side: ItemSide, rated_idx: ArrayLike, stars: ArrayLike, weight_decay: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each rating moves the user: factors, shape (n + 1, n_factors), and bias, (n + 1,), after the first 0, 1, …
    n ratings in the order given. The last row is `fold_in`'s.

    Raises:
        UnknownIdError, ConfigError, ConvergenceError: as `fold_in`.
    """
    items, given = checked_ratings(side, rated_idx, stars)
    is_given = np.tri(len(items) + 1, len(items), -1)
    weights, _ = minimise(problem_of(side, items, given, weight_decay, is_given))
    if not side.has_bias:
        return weights, np.zeros(len(weights))
    return weights[:, :-1], weights[:, -1]
