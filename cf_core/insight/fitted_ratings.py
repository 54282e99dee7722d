"""Predicts every rating of the data from the factors and biases of a fitted model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.rating_scale import RatingScale

_ROWS_AT_ONCE = 65_536
"""Ratings per batch, so that the factors of ten million ratings are never in memory at once."""


@dataclass(frozen=True, eq=False)
class FittedRatings:
    """One number per rating of the data, training and validation, shape (n_ratings,) each.

    Attributes:
        taste: p_u · q_i, in the unit of the biases.
        predicted: ŷ, in stars.
        slope: dŷ/dx, in stars per unit of the biases; 1 everywhere without a sigmoid.
    """

    taste: NDArray[np.float64]
    predicted: NDArray[np.float64]
    slope: NDArray[np.float64]


def fitted_ratings(factors: FittedFactors, config: ModelConfig, split: Split) -> FittedRatings:
    """For each rating of the data, compute

        x = c + b_u + b_i + p_u · q_i,   ŷ = x or, with a sigmoid, low + (high - low) · σ(x)

    where c and the biases are 0 in a model without them.

    Args:
        factors: of a model trained by `config` on `split`.

    Raises:
        MissingPartError: a neural net, whose predictions need its layers too.
    """
    if config.kind == "net":
        raise MissingPartError("A neural net's predictions need its layers. Choose a run of a model with biases.")
    ratings = split.ratings
    taste = _taste(factors, ratings.user_idx, ratings.item_idx)
    x = taste.copy()
    for bias, index in ((factors.user_bias, ratings.user_idx), (factors.item_bias, ratings.item_idx)):
        if bias is not None:
            x += bias[index]
    scale = RatingScale.of(config, ratings.rating_range, split.train_mean)
    return FittedRatings(taste, *scale.value_and_derivative(x + scale.start))


def _taste(factors: FittedFactors, user_idx: NDArray[np.int64], item_idx: NDArray[np.int64]) -> NDArray[np.float64]:
    """p_u · q_i of each pair."""
    parts = [np.empty(0)]
    for start in range(0, len(user_idx), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        users, items = factors.user_factors[user_idx[rows]], factors.item_factors[item_idx[rows]]
        parts.append(np.einsum("jf,jf->j", users, items).astype(np.float64))
    return np.concatenate(parts)
