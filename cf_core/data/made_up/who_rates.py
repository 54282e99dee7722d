"""Who rates what in made-up ratings: how many ratings each user gives, and which items they are of."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.made_up.planted import Planted

_CELLS_AT_ONCE = 2_000_000

_TINY = 1e-6
"""Below a whole number by so little, a number of ratings is that number."""


def skewed(n: int, exponent: float, draw: np.random.Generator) -> NDArray[np.float64]:
    """Weights as in Zipf's law, 1, 2^-e, 3^-e, …, n^-e, in random order, shape (n,); all alike for the exponent 0."""
    weights: NDArray[np.float64] = draw.permutation(np.arange(1, n + 1) ** -float(exponent))
    return weights


def numbers_of_ratings(weights: NDArray[np.float64], n_ratings: int, most: int) -> NDArray[np.int64]:
    """How many ratings each user gives: in proportion to the weights, but one at least and `most` at most; shape
    (n_users,), `n_ratings` in all.

    The scale of the weights is found by halving an interval; what is lost by rounding down goes to those who lost most.
    """
    low, high = 0.0, most / float(weights.min())
    for _ in range(100):
        scale = (low + high) / 2
        if np.clip(scale * weights, 1, most).sum() < n_ratings:
            low = scale
        else:
            high = scale
    wanted = np.clip(high * weights, 1, most)
    numbers: NDArray[np.int64] = np.floor(wanted + _TINY).astype(np.int64)
    rest = wanted - numbers
    numbers[np.argsort(-rest, kind="stable")[: n_ratings - numbers.sum()]] += 1
    return numbers


def choose_pairs(planted: Planted, draw: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs that have a rating, by user: user_idx and item_idx, shape (n_ratings,) each.

    User u draws n_u different items, one after the other, each in proportion to the popularity of the items left times
    exp(liking · x_ui). Adding Gumbel noise to the logarithms of these weights and taking the n_u highest draws just so
    (Efraimidis & Spirakis 2006, in the form of the Gumbel trick).
    """
    options = planted.options
    popularity = np.log(skewed(options.n_items, options.popularity_skew, draw))
    activity = skewed(options.n_users, options.activity_skew, draw)
    n_of_user = numbers_of_ratings(activity, options.n_ratings, options.n_items)
    items = np.arange(options.n_items)
    chosen: list[NDArray[np.int64]] = []
    users_at_once = max(1, _CELLS_AT_ONCE // options.n_items)
    for start in range(0, options.n_users, users_at_once):
        users = np.arange(start, min(start + users_at_once, options.n_users))
        keys = popularity - np.log(-np.log(1 - draw.random((len(users), options.n_items))))
        if options.liking:
            taste = planted.user_factors[users] @ planted.item_factors.T
            keys += options.liking * (planted.item_bias + taste)  # what is the same for all items makes no difference
        for key, n in zip(keys, n_of_user[users], strict=True):
            chosen.append(np.sort(items if n == options.n_items else np.argpartition(-key, n)[:n]))
    return np.repeat(np.arange(options.n_users), n_of_user), np.concatenate(chosen)
