"""What a prediction is worth: the losses of predictors that need no factors, and the best that others were measured at.

Nothing in here trains or draws.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.split import Split, SplitConfig
from cf_core.errors import ConfigError


@dataclass(frozen=True)
class Baseline:
    """A predictor's losses on the validation rows of a split.

    `valid_loss` is the mean squared error (squared stars); `mae` the mean absolute error (stars), None where it is not
    known. `formula` says in one line how it predicts, `source` where the figures come from.
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


_MEASURED = {
    ("a39d61b75ac5b2c3a8e94b9c5b622099804725f8f7dcdb064350019b2f8f9a5e", SplitConfig()): Baseline(
        name="best of other libraries",
        valid_loss=0.8556**2,
        mae=None,
        formula="cmfrec 3.5.1: least squares on ratings and on which movies were rated, penalties from an inner split",
        source="measured on this data and split, the best of cmfrec, Surprise, Cornac, LensKit, fastai and Spark",
    )
}
"""By the fingerprint of the data and the split: the figure holds for these alone (`data/ml-latest-small`)."""


def baselines(split: Split, damping: float = 5.0) -> list[Baseline]:
    """What to compare a model with on `split`, the worst first: the global mean, the damped means, and the best that
    other libraries were measured at, where this data and split are those of the measurement.

    Args:
        split: the means are taken on its training rows, the losses on its validation rows.
        damping: see `damped_means`.

    Raises:
        ConfigError: `damping` is negative or not a number.
    """
    measured = _MEASURED.get((split.ratings.fingerprint, split.config))
    return [global_mean(split), damped_means(split, damping), *([measured] if measured else [])]


def global_mean(split: Split) -> Baseline:
    """ŷ = μ, the mean of the training ratings, for everyone and everything."""
    return _judge(split, "global mean", np.full(len(split.valid_rows), _mean(split)), "ŷ = μ")


def damped_means(split: Split, damping: float = 5.0) -> Baseline:
    """ŷ = μ + b_u + b_i within the rating range, each b a mean that is drawn towards 0 where there are few ratings:

        b_i = Σ (r - μ) / (n_i + d)          over the n_i training ratings of the item
        b_u = Σ (r - μ - b_i) / (n_u + d)    over the n_u training ratings of the user

    Args:
        split: as for `baselines`.
        damping: d, in ratings; 0 gives plain means, and the greater it is, the nearer the prediction to μ.

    Raises:
        ConfigError: `damping` is negative or not a number.

    Source: Funk, "Netflix Update: Try This at Home" (2006); LensKit's `BiasModel`.
    """
    if not damping >= 0:
        raise ConfigError(f"damping={damping} is out of range. Choose 0 or more.")
    ratings, train, valid = split.ratings, split.train_rows, split.valid_rows
    user_idx, item_idx, mean = ratings.user_idx, ratings.item_idx, _mean(split)
    rest = ratings.rating[train].astype(np.float64) - mean
    item_bias = _damped(item_idx[train], rest, ratings.n_items, damping)
    user_bias = _damped(user_idx[train], rest - item_bias[item_idx[train]], ratings.n_users, damping)
    predicted = np.clip(mean + user_bias[user_idx[valid]] + item_bias[item_idx[valid]], *ratings.rating_range)
    formula = f"ŷ = μ + bᵤ + bᵢ; bᵢ = Σ(r − μ)/(nᵢ + {damping:g}), bᵤ = Σ(r − μ − bᵢ)/(nᵤ + {damping:g})"
    return _judge(split, "user and item means", predicted, formula)


def _mean(split: Split) -> float:
    return float(split.ratings.rating[split.train_rows].mean(dtype=np.float64))


def _damped(index: NDArray[np.int64], values: NDArray[np.float64], n: int, damping: float) -> NDArray[np.float64]:
    """Sum of the values of each index over their number plus `damping`, shape (n,); 0 for an index without any."""
    sums, counts = np.bincount(index, values, n), np.bincount(index, minlength=n)
    means = np.zeros(n)
    np.divide(sums, counts + damping, out=means, where=counts > 0)
    return means


def _judge(split: Split, name: str, predicted: NDArray[np.float64], formula: str) -> Baseline:
    error = predicted - split.ratings.rating[split.valid_rows]
    losses = float(np.square(error).mean()), float(np.abs(error).mean())
    return Baseline(name, *losses, formula, "computed on this split")
