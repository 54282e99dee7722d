"""Baselines to judge a model by: the losses of predictors without factors, and the best of other libraries."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.split import Split, SplitConfig
from cf_core.errors import ConfigError


@dataclass(frozen=True)
class Baseline:
    """A predictor's losses on the validation rows of a split.

    Attributes:
        valid_loss: mean squared error, squared stars.
        mae: mean absolute error, stars; None if unknown.
        formula: how it predicts, in one line.
        source: where the figures come from.
    """

    name: str
    valid_loss: float
    mae: float | None
    formula: str
    source: str

    @property
    def rmse(self) -> float:
        """Root of `valid_loss`, in stars."""
        return math.sqrt(self.valid_loss)


LESSON_DATA = "a39d61b75ac5b2c3a8e94b9c5b622099804725f8f7dcdb064350019b2f8f9a5e"
"""Fingerprint of the lesson's ratings (`data/ml-latest-small`)."""

_MEASURED = Baseline(
    name="best of other libraries",
    valid_loss=0.8556**2,
    mae=None,
    formula="cmfrec 3.5.1: least squares on ratings and on which movies were rated, penalties from an inner split",
    source="measured on this data and split, the best of cmfrec, Surprise, Cornac, LensKit, fastai and Spark",
)
"""Holds for the lesson's data and split alone."""


def is_lessons(fingerprint: str | None, config: SplitConfig) -> bool:
    """Whether a run on the data with that fingerprint and on that split can be compared with figures of the lesson."""
    return fingerprint == LESSON_DATA and config == SplitConfig()


def baselines(split: Split, damping: float = 5.0) -> list[Baseline]:
    """What to compare a model on `split` with, the worst first: the global mean, the damped means, and the best result
    of other libraries, if it was measured on this data and split.

    Args:
        split: its training rows give the means, its validation rows the losses.
        damping: see `damped_means`.

    Raises:
        ConfigError: `damping` is negative or not a number.
    """
    measured = [_MEASURED] if is_lessons(split.ratings.fingerprint, split.config) else []
    return [global_mean(split), damped_means(split, damping), *measured]


def global_mean(split: Split) -> Baseline:
    """ŷ = μ, the mean of the training ratings, for every user and item."""
    return _judge(split, "global mean", np.full(len(split.valid_rows), split.train_mean), "ŷ = μ")


def damped_means(split: Split, damping: float = 5.0) -> Baseline:
    """ŷ = μ + b_u + b_i, clipped to the rating range, where each b is a mean that few ratings pull towards 0:

        b_i = Σ (r - μ) / (n_i + d)          over the n_i training ratings of the item
        b_u = Σ (r - μ - b_i) / (n_u + d)    over the n_u training ratings of the user

    Args:
        split: as for `baselines`.
        damping: d, in ratings; 0 gives plain means, and a larger value moves predictions closer to μ.

    Raises:
        ConfigError: `damping` is negative or not a number.

    Source: Funk, "Netflix Update: Try This at Home" (2006); LensKit's `BiasModel`.
    """
    ratings, valid = split.ratings, split.valid_rows
    user_bias, item_bias = damped_biases(split, damping)
    predicted = split.train_mean + user_bias[ratings.user_idx[valid]] + item_bias[ratings.item_idx[valid]]
    formula = f"ŷ = μ + bᵤ + bᵢ; bᵢ = Σ(r − μ)/(nᵢ + {damping:g}), bᵤ = Σ(r − μ − bᵢ)/(nᵤ + {damping:g})"
    return _judge(split, "user and movie means", np.clip(predicted, *ratings.rating_range), formula)


def damped_biases(split: Split, damping: float = 5.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The b_u, (n_users,), and the b_i, (n_items,), of `damped_means`, in stars; 0 without a training rating.

    Raises:
        ConfigError: `damping` is negative or not a number.
    """
    if not damping >= 0:
        raise ConfigError(f"damping={damping} is out of range. Choose 0 or more.")
    ratings, train = split.ratings, split.train_rows
    user_idx, item_idx = ratings.user_idx[train], ratings.item_idx[train]
    rest = ratings.rating[train].astype(np.float64) - split.train_mean
    item_bias = _damped(item_idx, rest, ratings.n_items, damping)
    return _damped(user_idx, rest - item_bias[item_idx], ratings.n_users, damping), item_bias


def _damped(index: NDArray[np.int64], values: NDArray[np.float64], n: int, damping: float) -> NDArray[np.float64]:
    """Sum of the values of each index divided by their number plus `damping`, shape (n,); 0 for an unused index."""
    sums, counts = np.bincount(index, values, n), np.bincount(index, minlength=n)
    means = np.zeros(n)
    np.divide(sums, counts + damping, out=means, where=counts > 0)
    return means


def _judge(split: Split, name: str, predicted: NDArray[np.float64], formula: str) -> Baseline:
    error = predicted - split.ratings.rating[split.valid_rows]
    losses = float(np.square(error).mean()), float(np.abs(error).mean())
    return Baseline(name, *losses, formula, "computed on this split")
