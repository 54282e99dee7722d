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
    """Sums over the ratings of each item, shape (n_items,) each.

    Attributes:
        rater_mean, rater_kindness, taste, residual: over all of its ratings the means of its raters (stars), their
            biases (0 in a model without), the taste, and the residuals r - ŷ (stars).
        train_weight, train_squares: over its training ratings the squared slopes, and the squared residuals.
    """

    rater_mean: NDArray[np.float64]
    rater_kindness: NDArray[np.float64]
    taste: NDArray[np.float64]
    residual: NDArray[np.float64]
    train_weight: NDArray[np.float64]
    train_squares: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedRatings:
    """What a model says of the ratings of the data, training and validation. It is computed when it is asked for, and
    not kept: of 32 million ratings it would take 0.8 GB.

    Attributes:
        split: that the model was trained on.
        factors: of the model.
        scale: of the model.
        taste: p_u · q_i, in the unit of the biases, shape (n_ratings,).
        predicted: ŷ, in stars, shape (n_ratings,).
        slope: dŷ/dx, in stars per unit of the biases, shape (n_ratings,); 1 everywhere without a sigmoid.
    """

    split: Split
    factors: FittedFactors
    scale: RatingScale

    @property
    def ratings(self) -> Ratings:
        return self.split.ratings

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
        predicted = np.empty(len(rows))
        for some in chunks_of(len(rows)):
            predicted[some] = self.at(rows[some]).predicted
        return predicted

    @cached_property
    def item_sums(self) -> ItemSums:
        """The sums over the ratings of each item, all of them in one pass. Do not change them."""
        ratings, user_bias = self.ratings, self.factors.user_bias
        user_mean = ratings.user_stats()["mean_rating"].to_numpy()
        kindness = np.zeros(ratings.n_users) if user_bias is None else user_bias
        is_train = np.ones(ratings.n_ratings, np.bool_)
        is_train[self.split.valid_rows] = False
        sums = ItemSums(*(np.zeros(ratings.n_items) for _ in ItemSums._fields))
        for rows in chunks_of(ratings.n_ratings):
            users, items, values = ratings.user_idx[rows], ratings.item_idx[rows], self.at(rows)
            residual = ratings.rating[rows] - values.predicted
            in_training = np.square(values.slope) * is_train[rows], np.square(residual) * is_train[rows]
            of_row = user_mean[users], kindness[users], values.taste, residual, *in_training
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
    return FittedRatings(split, factors, scale)


def _taste(factors: FittedFactors, user_idx: NDArray[np.int64], item_idx: NDArray[np.int64]) -> NDArray[np.float64]:
    """p_u · q_i of each pair."""
    parts = [np.empty(0)]
    for start in range(0, len(user_idx), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        users, items = factors.user_factors[user_idx[rows]], factors.item_factors[item_idx[rows]]
        parts.append(np.einsum("jf,jf->j", users, items).astype(np.float64))
    return np.concatenate(parts)
