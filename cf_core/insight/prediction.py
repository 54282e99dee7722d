"""Breaks one prediction of a fitted model down into the numbers that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.rating_scale import RatingScale
from cf_core.settings import ModelKind
from cf_core.words import MOVIES, Words

Weights = Mapping[str, np.ndarray]
"""A model's weights by their PyTorch names, such as `user_factors.weight`, (n_users, n_factors)."""


@dataclass(frozen=True)
class PredictionBreakdown:
    """How a model computes a rating.

    Attributes:
        parts: the summands by name, in order: the constant, the biases, the products of factors; for a net, the
            constant of its last layer and the sum over its hidden units.
        products: (n_factors, 3): per factor, the user's number, the movie's, and their product. For a net
            (n_hidden, 3): per hidden unit, its input, its output, and the output times its weight.
        sum: of the parts; the argument of the sigmoid if there is one.
        low, high: the range of the sigmoid in stars; None without a sigmoid.
        rating: the prediction in stars.
    """

    parts: dict[str, float]
    products: np.ndarray
    sum: float
    low: float | None
    high: float | None
    rating: float


def decompose_prediction(
    weights: Weights,
    kind: ModelKind,
    scale: RatingScale,
    user_idx: int,
    item_idx: int,
    words: Words = MOVIES,
) -> PredictionBreakdown:
    """The prediction of a model of that kind with `weights` for one user and one movie, both given by index:

        dot, bias, implicit:  x = c + b_u + b_i + Σ_f p_uf · q_if,      c, b_u and b_i if the model has them
        net:                  x = c₂ + Σ_h w₂_h · relu(W₁_h · [p_u, q_i] + c₁_h)
        ŷ = x, or low + (high - low) · σ(x) with a sigmoid

    Args:
        scale: of the model; it has the constant c and turns x into stars.

    Raises:
        MissingPartError: a weight of the model is not among `weights`.
    """
    try:
        user, item = weights["user_factors.weight"][user_idx], weights["item_factors.weight"][item_idx]
        parts: dict[str, float] = {}
        if kind in ("bias", "implicit"):
            if scale.start:
                parts["global part"] = scale.start
            parts["user bias"] = float(weights["user_bias.weight"][user_idx, 0])
            parts[f"{words.item} bias"] = float(weights["item_bias.weight"][item_idx, 0])
        if kind == "net":
            products = _hidden_units(weights, np.concatenate([user, item]))
            parts["constant"] = float(weights["last.bias"][0])
            parts["hidden units"] = float(products[:, 2].sum())
        else:
            products = np.stack([user, item, user * item], axis=1).astype(np.float64)
            parts["products of factors"] = float(products[:, 2].sum())
    except KeyError as error:
        raise MissingPartError(f"The weights of this model lack {error}. Train the run again.") from error
    total = sum(parts.values())
    return PredictionBreakdown(parts, products, total, scale.low, scale.high, scale.stars(total))


def weights_of(factors: FittedFactors) -> Weights:
    """The factors and biases of a fitted model by the names of its weights: all that `decompose_prediction` needs of
    any model but a net."""
    weights = {"user_factors.weight": factors.user_factors, "item_factors.weight": factors.item_factors}
    if factors.user_bias is not None and factors.item_bias is not None:
        weights["user_bias.weight"] = factors.user_bias[:, None]
        weights["item_bias.weight"] = factors.item_bias[:, None]
    return weights


def _hidden_units(weights: Weights, inputs: np.ndarray) -> np.ndarray:
    """(n_hidden, 3): each hidden unit's input, its output, and the output times its weight in the last layer."""
    before = weights["hidden.weight"].astype(np.float64) @ inputs + weights["hidden.bias"]
    after = np.maximum(before, 0)
    return np.stack([before, after, after * weights["last.weight"][0]], axis=1)
