"""Predicts ratings of the data from the factors and biases of a fitted model."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.chunks import chunks_of
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.rating_scale import RatingScale

_ROWS_AT_ONCE = 65_536
"""Ratings per batch, so that the factors of ten million ratings are never in memory at once."""


class Values(NamedTuple):
    """One number per rating, shape (n,) each; see `FittedRatings`."""

    taste: NDArray[np.float64]
    predicted: NDArray[np.float64]
    slope: NDArray[np.float64]


class ItemSums(NamedTuple):
    """Sums over all ratings of each item, shape (n_items,) each: the means of its raters (stars), their biases (0 in a
    model without), the taste, and the residuals r - ŷ (stars)."""

    rater_mean: NDArray[np.float64]
    rater_kindness: NDArray[np.float64]
    taste: NDArray[np.float64]
    residual: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedRatings:
    """What a model says of the ratings of the data, training and validation. It is computed when it is asked for, and
    not kept: of 32 million ratings it would take 0.8 GB.

    Attributes:
        ratings: the data.
        factors: of the model.
        scale: of the model.
        taste: p_u · q_i, in the unit of the biases, shape (n_ratings,).
        predicted: ŷ, in stars, shape (n_ratings,).
        slope: dŷ/dx, in stars per unit of the biases, shape (n_ratings,); 1 everywhere without a sigmoid.
    """

    ratings: Ratings
    factors: FittedFactors
    scale: RatingScale

    @property
    def taste(self) -> NDArray[np.float64]:
        return self._whole(lambda values: values.taste)

    @property
    def predicted(self) -> NDArray[np.float64]:
        return self._whole(lambda values: values.predicted)

    @property
    def slope(self) -> NDArray[np.float64]:
        return self._whole(lambda values: values.slope)

    def at(self, rows: slice | NDArray[np.int64]) -> Values:
        """The three numbers of these rows of the data."""
        users, items = self.ratings.user_idx[rows], self.ratings.item_idx[rows]
        taste = _taste(self.factors, users, items)
        x = taste.copy()
        for bias, index in ((self.factors.user_bias, users), (self.factors.item_bias, items)):
            if bias is not None:
                x += bias[index]
        return Values(taste, *self.scale.value_and_derivative(x + self.scale.start))

    def predicted_at(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """ŷ of these rows, in stars, computed a chunk at a time."""
        parts = [self.at(rows[some]).predicted for some in chunks_of(len(rows))]
        return np.concatenate([np.empty(0), *parts])

    @cached_property
    def item_sums(self) -> ItemSums:
        """The sums over the ratings of each item. Do not change them."""
        ratings, user_bias = self.ratings, self.factors.user_bias
        user_mean = ratings.user_stats()["mean_rating"].to_numpy()
        kindness = np.zeros(ratings.n_users) if user_bias is None else user_bias
        sums = ItemSums(*(np.zeros(ratings.n_items) for _ in ItemSums._fields))
        for rows in chunks_of(ratings.n_ratings):
            users, items, values = ratings.user_idx[rows], ratings.item_idx[rows], self.at(rows)
            of_row = user_mean[users], kindness[users], values.taste, ratings.rating[rows] - values.predicted
            for total, number in zip(sums, of_row, strict=True):
                total += np.bincount(items, number, minlength=len(total))
        return sums

    def _whole(self, column: Callable[[Values], NDArray[np.float64]]) -> NDArray[np.float64]:
        """A number of each rating of the data."""
        parts = [column(self.at(rows)) for rows in chunks_of(self.ratings.n_ratings)]
        return np.concatenate([np.empty(0), *parts])


def fitted_ratings(factors: FittedFactors, config: ModelConfig, split: Split) -> FittedRatings:
    """For each rating of the data,

        x = c + b_u + b_i + p_u · q_i,   ŷ = x or, with a sigmoid, low + (high - low) · σ(x)

    where c and the biases are 0 in a model without them.

    Args:
        factors: of a model trained by `config` on `split`.

    Raises:
        MissingPartError: a neural net, whose predictions need its layers too.
    """
    if config.kind == "net":
        raise MissingPartError("A neural net's predictions need its layers. Choose a run of a model with biases.")
    scale = RatingScale.of(config, split.ratings.rating_range, split.train_mean)
    return FittedRatings(split.ratings, factors, scale)


def _taste(factors: FittedFactors, user_idx: NDArray[np.int64], item_idx: NDArray[np.int64]) -> NDArray[np.float64]:
    """p_u · q_i of each pair."""
    parts = [np.empty(0)]
    for start in range(0, len(user_idx), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        users, items = factors.user_factors[user_idx[rows]], factors.item_factors[item_idx[rows]]
        parts.append(np.einsum("jf,jf->j", users, items).astype(np.float64))
    return np.concatenate(parts)
