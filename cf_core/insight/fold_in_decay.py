"""The weight decay to fold a new user in with: chosen on training users, or what the run's own amounts to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.config import TrainingConfig
from cf_core.data.chunks import chunks_of
from cf_core.data.split import Split
from cf_core.errors import ConfigError, MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.item_side import ItemSide
from cf_core.insight.newton import Numbers, Problem, minimise

CANDIDATES: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""The λ to choose from where ratings are stars, evenly on a logarithmic scale, finer in the middle; on another scale
they are multiplied by its `loss_unit` (see `RatingScale`)."""

MOST_USERS, FEWEST_RATINGS, MOST_RATINGS = 200, 5, 25
_SEED = 0


@dataclass(frozen=True, eq=False)
class DecayChoice:
    """The weight decay λ of the lowest RMSE, and how it was chosen.

    Attributes:
        weight_decay: λ, beside the sum of the squared errors.
        candidates: columns `weight_decay`, ascending, and `rmse`, in stars.
        n_users, n_ratings: who was folded in for it, and how many ratings judged.
    """

    weight_decay: float
    candidates: pd.DataFrame
    n_users: int
    n_ratings: int


@dataclass(frozen=True, eq=False)
class _Sample:
    """Ratings of m users, n each, in random order; those who have fewer are filled up with rows that are not `given`.
    `judges` are the ratings to predict from the `given`."""

    item_idx: NDArray[np.int64]
    stars: Numbers
    given: Numbers
    judges: NDArray[np.bool_]


def choose_weight_decay(factors: FittedFactors, side: ItemSide, split: Split) -> DecayChoice:
    """Choose λ among `CANDIDATES` by an inner split of the training ratings: up to 200 users with 5 or more of them are
    drawn, and up to 25 ratings of each, about as many as a visitor gives; four fifths fold the user in, and the other
    fifth judges. The lowest RMSE wins, the larger λ if two are equal. The validation ratings have no say. Seeded.

    The judging ratings did train the items, which therefore fit them better than a stranger's: the RMSE is too low, and
    in a model that has learnt its training ratings by heart the chosen λ too. Judged by the validation ratings of the
    same users, the choice costs 0.000 stars of RMSE for "best", 0.005 for "fast", 0.011 for "notebook-dot" and 0.024
    for "notebook-learner", where 0.3 is chosen and 2 would be best.

    Raises:
        ConfigError: no user has 5 training ratings.
    """
    sample = _draw(factors, split)
    design = side.design(sample.item_idx.ravel()).reshape(*sample.item_idx.shape, -1)
    offset = side.offset(sample.item_idx)
    # w is a combination of the rows q̃ that were given. In coordinates of their span, an orthonormal basis of which QR
    # finds, there are 20 unknowns in place of 51, and |w| is the same.
    basis, _ = np.linalg.qr(np.swapaxes(design * sample.given[:, :, None], 1, 2))
    design = design @ basis
    n_ratings, rmse = int(sample.judges.sum()), []
    candidates = [candidate * side.scale.loss_unit for candidate in CANDIDATES]
    weights = np.zeros((len(design), design.shape[2]))
    for weight_decay in reversed(candidates):  # the strongest is the nearest to 0, and starts the next
        weights, _ = minimise(Problem(design, offset, sample.stars, sample.given, side.scale, weight_decay), weights)
        predicted, _ = side.scale.value_and_derivative(offset + (design @ weights[:, :, None])[:, :, 0])
        rmse.append(float(np.sqrt(np.square((sample.stars - predicted)[sample.judges]).mean())))
    best = candidates[::-1][int(np.argmin(rmse))]
    table = pd.DataFrame({"weight_decay": candidates, "rmse": rmse[::-1]})
    return DecayChoice(best, table, len(design), n_ratings)


def weight_decay_of_training(
    config: TrainingConfig, n_train: int, n_user_ratings: int, loss_unit: float = 1.0
) -> float:
    """What the weight decay of a run amounts to for one user's factors, as λ beside the **sum** of squared errors.

    A batch of B ratings has their mean squared error as its loss, and every step adds d·w to the gradient of every
    weight, d being the run's `weight_decay`. Over the N/B batches of an epoch a user's weights w feel

        Σ_j ∇(r_j - ŷ_j)² / B + (N/B) d w = 0,   which is the minimum of   Σ_j (r_j - ŷ_j)² + (N d / 2) |w|²

    so that λ = N d / 2. Sparse steps decay a user only in the batches with a rating of theirs, a share of
    1 - (1 - B/N)^n for n ratings. "implicit" adds `rating_decay` for each rating to the factors, not to the bias:
    λ = N d / 2 + n · rating_decay, which is more than holds for the bias. Adam scales its steps, but rests where the
    same gradient is 0. Where training divides the squared errors by a (`loss_unit`), λ is a times as large.

    Args:
        n_train: N, all training ratings.
        n_user_ratings: n, the user's own.
        loss_unit: a, see `RatingScale`; 1 for stars.

    Raises:
        MissingPartError: AdamW, which decays weights outside the loss, by steps that Adam does not scale.
    """
    if config.optimizer == "adamw" and config.weight_decay > 0:
        raise MissingPartError(
            "AdamW applies weight decay outside the loss, so no decay of one user's ratings equals it. "
            "Use the one that the inner split chooses."
        )
    decay = n_train * config.weight_decay / 2
    if config.update == "sparse":
        decay *= 1 - (1 - min(1.0, config.batch_size / n_train)) ** n_user_ratings
    decay += n_user_ratings * config.model.rating_decay if config.model.kind == "implicit" else 0.0
    return decay * loss_unit


def weight_decay_of_user(
    config: TrainingConfig, factors: FittedFactors, side: ItemSide, split: Split, user_idx: int
) -> float:
    """The λ to fold a user of the data in with: `weight_decay_of_training`, or the chosen one where training had none
    or used AdamW.

    Raises:
        ConfigError: none can be chosen, see `choose_weight_decay`.
    """
    if config.optimizer != "adamw":
        n_user_ratings = int(factors.n_train_by_user[user_idx])
        decay = weight_decay_of_training(config, len(split.train_rows), n_user_ratings, side.scale.loss_unit)
        if decay > 0:
            return decay
    return choose_weight_decay(factors, side, split).weight_decay


def _draw(factors: FittedFactors, split: Split) -> _Sample:
    """Users and their ratings, drawn with a fixed seed."""
    users = np.flatnonzero(factors.n_train_by_user >= FEWEST_RATINGS)
    if not len(users):
        raise ConfigError(
            f"No user has {FEWEST_RATINGS} training ratings to choose a weight decay by. Take a larger data set."
        )
    draw = np.random.default_rng(_SEED)
    users = draw.permutation(users)[:MOST_USERS]
    is_drawn = np.zeros(split.ratings.n_users, dtype=np.bool_)
    is_drawn[users] = True
    parts = (split.train_rows[some] for some in chunks_of(len(split.train_rows)))
    rows = draw.permutation(np.concatenate([part[is_drawn[split.ratings.user_idx[part]]] for part in parts]))
    rows = rows[np.argsort(split.ratings.user_idx[rows], kind="stable")]
    _, first, n = np.unique(split.ratings.user_idx[rows], return_index=True, return_counts=True)
    n = np.minimum(n, MOST_RATINGS)
    number = np.arange(n.max())
    there = number < n[:, None]
    judges = there & (number < (n // 5)[:, None])
    picked = rows[np.where(there, first[:, None] + number, first[:, None])]
    ratings = split.ratings
    stars = ratings.rating[picked].astype(np.float64)
    return _Sample(ratings.item_idx[picked], stars, (there & ~judges).astype(np.float64), judges)
