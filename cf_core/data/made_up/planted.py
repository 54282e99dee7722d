"""The truth behind made-up ratings: the factors and biases that were planted, and the best that can be predicted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from cf_core.data.made_up.options import MadeUpOptions
from cf_core.data.ratings import Ratings
from cf_core.errors import DataMismatchError

Floats = NDArray[np.float64]

_ROWS_AT_ONCE = 65_536
"""Pairs per batch of sums."""

_DIGITS = 9
"""Decimals that a rating has at most."""


@dataclass(frozen=True, eq=False)
class Planted:
    """What the ratings are drawn from. User u rates item i with

        x = mean + b_u + b_i + p_u · q_i,    r = x + noise, rounded to the scale's steps and clipped to its ends

    Columns of the factors are centred and orthogonal, the strongest first, and so are the products of different
    factors: factor k adds its own strength to the ratings' spread, and no bias holds a part of it.

    Attributes:
        options: what the data set was made with.
        user_factors, item_factors: p_u, shape (n_users, n_factors), and q_i, shape (n_items, n_factors).
        user_bias, item_bias: b_u, shape (n_users,), and b_i, shape (n_items,), in the unit of the scale.
    """

    options: MadeUpOptions
    user_factors: Floats
    item_factors: Floats
    user_bias: Floats
    item_bias: Floats

    def strengths(self) -> Floats:
        """Standard deviation of each factor's part of the sum over all users and items, shape (n_factors,)."""
        user, item = (np.square(factors).mean(axis=0) for factors in (self.user_factors, self.item_factors))
        strengths: Floats = np.sqrt(user * item)
        return strengths

    def sums(self, user_idx: NDArray[np.int64], item_idx: NDArray[np.int64]) -> Floats:
        """x of each pair of a user and an item, shape (n_pairs,)."""
        sums = self.options.mean + self.user_bias[user_idx] + self.item_bias[item_idx]
        for start in range(0, len(sums), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            sums[rows] += np.einsum("jk,jk->j", self.user_factors[user_idx[rows]], self.item_factors[item_idx[rows]])
        return sums

    def expected_ratings(self, sums: Floats) -> Floats:
        """E[r | x] of each sum: what to predict for the lowest squared error, even for somebody who knows the truth.

        With the scale's ratings g_0 < … < g_n, a step h apart, and Φ the normal distribution function,

            E[r | x] = g_0 + h · Σ_{j ≥ 1} P(r ≥ g_j | x) = g_0 + h · Σ_{j ≥ 1} Φ((x - g_j + h/2) / noise)

        Without noise it is the rating itself.
        """
        options = self.options
        if options.noise == 0:
            return rounded(sums, options)
        expected = np.full(sums.shape, options.lowest)
        for number in range(1, options.n_steps + 1):
            border = options.lowest + (number - 0.5) * options.step
            expected += options.step * ndtr((sums - border) / options.noise)
        return expected

    def of_ratings(self, ratings: Ratings) -> "Planted":
        """The same with users and items in the order of the indices of `ratings`; who has no rating is left out.

        Raises:
            DataMismatchError: the ratings are not those that were made from it.
        """
        options, (users, items) = self.options, (ratings.users.ids, ratings.items.ids)
        for ids, n in ((users, options.n_users), (items, options.n_items)):
            if ids.dtype == object or ids.min() < 1 or ids.max() > n:
                raise _other_ratings(ratings)
        if ratings.n_ratings != options.n_ratings:
            raise _other_ratings(ratings)
        return Planted(
            options,
            user_factors=self.user_factors[users - 1],
            item_factors=self.item_factors[items - 1],
            user_bias=self.user_bias[users - 1],
            item_bias=self.item_bias[items - 1],
        )


def rounded(values: Floats, options: MadeUpOptions) -> Floats:
    """The rating of the scale nearest to each value."""
    steps = np.clip(np.rint((values - options.lowest) / options.step), 0, options.n_steps)
    ratings: Floats = np.round(options.lowest + options.step * steps, _DIGITS)  # 1.2, not 1.2000000000000002
    return ratings


def noise_floor(planted: Planted, ratings: Ratings, rows: NDArray[np.int64]) -> float:
    """The RMSE that nobody can beat, in the unit of the scale: that of E[r | x] on those rows of the ratings. Noise,
    rounding and clipping have their share in it.

    Args:
        planted: in the order of `ratings`, see `Planted.of_ratings`.
        rows: such as the validation rows of a split.
    """
    best = planted.expected_ratings(planted.sums(ratings.user_idx[rows], ratings.item_idx[rows]))
    return float(np.sqrt(np.square(ratings.rating[rows] - best).mean()))


def _other_ratings(ratings: Ratings) -> DataMismatchError:
    return DataMismatchError(
        f"The planted truth beside '{ratings.name}' is not that of its ratings: the files have been changed. "
        "Make the data set again."
    )
