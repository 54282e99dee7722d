"""Baselines to judge a model by: the losses of predictors without factors, and the best of other libraries."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from cf_core.data import array_cache
from cf_core.data.array_cache import Kind
from cf_core.data.chunks import chunks_of
from cf_core.data.split import CACHED_FROM, Split, SplitConfig
from cf_core.errors import ConfigError

Losses = tuple[float, float]
"""Mean squared and mean absolute error."""

_KIND = Kind(version=1, suffix=".baselines", n_kept=64)
"""Of large data they are computed once on a machine, which takes a second. Increase the version when one changes."""

_SOURCE = "computed on this split"


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
    ratings = split.ratings
    if ratings.n_ratings < CACHED_FROM or ratings.fingerprint is None:
        return [global_mean(split), damped_means(split, damping), *measured]
    settings = sha256(json.dumps([asdict(split.config), damping]).encode()).hexdigest()
    key = f"{ratings.fingerprint}-{settings[:16]}"
    arrays = array_cache.load(_KIND, key, f"the baselines of '{ratings.name}' are computed again")
    if arrays is not None:
        of_mean, of_means = arrays[0].tolist()
        return [_mean(of_mean), _means(of_means, damping), *measured]
    computed = [global_mean(split), damped_means(split, damping)]
    losses = np.array([(baseline.valid_loss, baseline.mae) for baseline in computed])
    array_cache.save(_KIND, key, [losses], f"the baselines of '{ratings.name}' will be computed the next time too")
    return [*computed, *measured]


def global_mean(split: Split) -> Baseline:
    """ŷ = μ, the mean of the training ratings, for every user and item."""
    return _mean(_losses(split, np.full(len(split.valid_rows), split.train_mean)))


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
    return _means(_losses(split, damped_predictions(split, damping)), damping)


def damped_predictions(split: Split, damping: float = 5.0) -> NDArray[np.float64]:
    """ŷ of `damped_means` for each validation row, stars, shape (n_valid,).

    Raises:
        ConfigError: `damping` is negative or not a number.
    """
    ratings = split.ratings
    user_bias, item_bias = damped_biases(split, damping)
    predicted = np.empty(len(split.valid_rows))
    for some in chunks_of(len(predicted)):
        rows = split.valid_rows[some]
        predicted[some] = split.train_mean + user_bias[ratings.user_idx[rows]] + item_bias[ratings.item_idx[rows]]
    clipped: NDArray[np.float64] = np.clip(predicted, *ratings.rating_range, out=predicted)
    return clipped


def damped_biases(split: Split, damping: float = 5.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The b_u, (n_users,), and the b_i, (n_items,), of `damped_means`, in stars; 0 without a training rating.

    Raises:
        ConfigError: `damping` is negative or not a number.
    """
    if not damping >= 0:
        raise ConfigError(f"damping={damping} is out of range. Choose 0 or more.")
    ratings, mean = split.ratings, split.train_mean
    of_items, of_users = _Sums(ratings.n_items), _Sums(ratings.n_users)
    for rows in _chunks(split.train_rows):
        of_items.add(ratings.item_idx[rows], ratings.rating[rows].astype(np.float64) - mean)
    item_bias = of_items.damped(damping)
    for rows in _chunks(split.train_rows):
        rest = ratings.rating[rows].astype(np.float64) - mean - item_bias[ratings.item_idx[rows]]
        of_users.add(ratings.user_idx[rows], rest)
    return of_users.damped(damping), item_bias


class _Sums:
    """For each of n indices the sum of its values, and how many they are."""

    def __init__(self, n: int) -> None:
        self._sums, self._counts = np.zeros(n), np.zeros(n, dtype=np.int64)

    def add(self, index: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        self._sums += np.bincount(index, values, len(self._sums))
        self._counts += np.bincount(index, minlength=len(self._counts))

    def damped(self, damping: float) -> NDArray[np.float64]:
        """Each sum divided by its number plus `damping`; 0 for an unused index."""
        means = np.zeros(len(self._sums))
        np.divide(self._sums, self._counts + damping, out=means, where=self._counts > 0)
        return means


def _chunks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The rows, in order, a chunk at a time."""
    return (rows[chunk] for chunk in chunks_of(len(rows)))


def _losses(split: Split, predicted: NDArray[np.float64]) -> Losses:
    error = predicted - split.ratings.rating[split.valid_rows]
    return float(np.square(error).mean()), float(np.abs(error).mean())


def _mean(losses: Losses) -> Baseline:
    return Baseline("global mean", *losses, "ŷ = μ", _SOURCE)


def _means(losses: Losses, damping: float) -> Baseline:
    formula = f"ŷ = μ + bᵤ + bᵢ; bᵢ = Σ(r − μ)/(nᵢ + {damping:g}), bᵤ = Σ(r − μ − bᵢ)/(nᵤ + {damping:g})"
    return Baseline("user and movie means", *losses, formula, _SOURCE)
