"""Folds a new user into a fitted model: their bias and factors from a few ratings, everything else as it was."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve

from cf_core.errors import ConfigError, MissingPartError, UnknownIdError
from cf_core.insight.item_side import ItemSide
from cf_core.insight.newton import Problem, minimise


@dataclass(frozen=True, eq=False)
class UserVector:
    """A user as a model sees one: bias b (0 where the model has none) and factors p, shape (n_factors,), in the units
    of the model's sum."""

    user_bias: float
    user_factors: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoldedUser(UserVector):
    """A user who was folded in with `n_ratings` ratings and the weight decay λ, in `n_steps` steps of Newton's method
    (1 without a sigmoid, 0 without a rating)."""

    weight_decay: float
    n_ratings: int
    n_steps: int


@dataclass(frozen=True, eq=False)
class RidgeTerms:
    """The normal equations A w = v of a user's ratings, for a model without a sigmoid; w is (p, b), or p alone.

    Attributes:
        matrix: A = Σ q̃_i q̃_iᵀ + λ I, shape (d, d), with q̃_i = (q_i, 1), or q_i where the model has no biases.
        right: v = Σ q̃_i (r_i - c - b_i), shape (d,).
        solution: w, shape (d,).
    """

    matrix: NDArray[np.float64]
    right: NDArray[np.float64]
    solution: NDArray[np.float64]


def fold_in(side: ItemSide, item_idx: ArrayLike, stars: ArrayLike, weight_decay: float) -> FoldedUser:
    """The user p, b who minimises

        Σ (r_i - ŷ_i)² + λ (|p|² + b²),   x_i = c + b + b_i + p · q_i

    over their ratings r, with ŷ = x (ridge regression in closed form) or ŷ = low + (high - low) · σ(x) (Newton's
    method from p = 0, b = 0, see `newton.minimise`). c, b_i and q_i stay as they are. Without a rating p and b are 0.

    Args:
        item_idx, stars: the ratings, shape (n,) each, in any order.
        weight_decay: λ, above 0, beside the sum of the squared errors; see `fold_in_decay`.

    Raises:
        UnknownIdError: no item has that index.
        ConfigError: an item twice, or without a training rating; stars out of the range of the data's ratings; λ not
            above 0.
        ConvergenceError: Newton's method finds no minimum.
    """
    items, given = checked_ratings(side, item_idx, stars)
    weights, n_steps = minimise(problem_of(side, items, given, weight_decay, np.ones((1, len(items)))))
    return FoldedUser(*split_weights(side, weights[0]), weight_decay, len(items), n_steps)


def predict_all(side: ItemSide, user: UserVector) -> NDArray[np.float64]:
    """ŷ of every item, stars, shape (n_items,); NaN for items without a training rating, whose factors are still
    random."""
    x = side.scale.start + user.user_bias + side.item_bias + side.item_factors @ user.user_factors
    return np.where(side.trained, side.scale.value_and_derivative(x)[0], np.nan)


def ridge_terms(side: ItemSide, item_idx: ArrayLike, stars: ArrayLike, weight_decay: float) -> RidgeTerms:
    """The numbers of the formula w = A⁻¹ v by which a user is folded in, if the model has no sigmoid.

    Raises:
        MissingPartError: the model has one, so that no formula gives w.
        UnknownIdError, ConfigError: as `fold_in`.
    """
    if side.scale.low is not None:
        raise MissingPartError(
            "With a sigmoid no formula gives a new user's factors; Newton's method finds them. "
            "Choose a run without one, such as notebook-dot, to see the formula."
        )
    items, given = checked_ratings(side, item_idx, stars)
    check_weight_decay(weight_decay)
    design = side.design(items)
    matrix: NDArray[np.float64] = design.T @ design + weight_decay * np.eye(design.shape[1])
    right: NDArray[np.float64] = design.T @ (given - side.offset(items))
    return RidgeTerms(matrix, right, cho_solve(cho_factor(matrix), right))


def checked_ratings(
    side: ItemSide, item_idx: ArrayLike, stars: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The ratings as arrays, if a user can be folded in with them; raises as `fold_in` where not."""
    words, items, given = side.words, np.asarray(item_idx, dtype=np.int64), np.asarray(stars, dtype=np.float64)
    if items.shape != given.shape or items.ndim != 1:
        raise ConfigError(
            f"{words.count(items.size)} and {given.size} ratings do not match. Give each {words.item} one rating."
        )
    outside = items[(items < 0) | (items >= len(side.trained))]
    if outside.size:
        raise UnknownIdError(f"No {words.item} has the index {outside[0]}. Choose from 0 to {len(side.trained) - 1}.")
    if len(np.unique(items)) < len(items):
        raise ConfigError(f"The same {words.item} is rated twice. Give each {words.item} one rating.")
    if not side.trained[items].all():
        raise ConfigError(
            f"This {words.item} has no rating in training, so the model knows nothing of it. Leave it out, or rate "
            "another."
        )
    low, high = side.rating_range
    bad = given[~((given >= low) & (given <= high))]
    if bad.size:
        raise ConfigError(f"A rating of {words.value(bad[0])} is out of range. Choose from {low:g} to {high:g}.")
    return items, given


def check_weight_decay(weight_decay: float) -> None:
    """Raise `ConfigError` unless λ is a number above 0: without it five ratings would not settle fifty factors."""
    if not 0 < weight_decay < np.inf:
        raise ConfigError(f"weight_decay={weight_decay:g} does not settle a new user's factors. Choose one above 0.")


def problem_of(
    side: ItemSide,
    item_idx: NDArray[np.int64],
    stars: NDArray[np.float64],
    weight_decay: float,
    given: NDArray[np.float64],
) -> Problem:
    """The minimisation for users who each gave a part of the same ratings: `given` is 1 or 0, shape (m, n)."""
    check_weight_decay(weight_decay)
    design, offset = side.design(item_idx)[None], side.offset(item_idx)[None]
    return Problem(design, offset, stars[None], given, side.scale, weight_decay)


def split_weights(side: ItemSide, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The bias and the factors in w = (p, b); the bias is 0 where the model has none."""
    return (float(weights[-1]), weights[:-1]) if side.has_bias else (0.0, weights)
