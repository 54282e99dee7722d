"""One prediction of a fitted model, taken apart into the numbers that it is made of. Nothing in here imports torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cf_core.config import ModelConfig
from cf_core.errors import MissingPartError

Weights = Mapping[str, np.ndarray]
"""A model's weights by the names that PyTorch gives them, such as `user_factors.weight`, (n_users, n_factors)."""


@dataclass(frozen=True)
class Prediction:
    """How a model comes to a rating.

    Attributes:
        parts: what is added up, by name, in order: the constant, the biases, the products of factors; or, of a net, its
            last layer's constant and what each hidden unit brings.
        products: (n, 3): the user's number, the movie's and their product, factor by factor; (n_hidden, 3) for a net:
            what a hidden unit takes in, what it lets through, and that times its weight.
        sum: of the parts; the sigmoid's argument where there is one.
        low, high: the range of the sigmoid in stars; None without one.
        rating: the prediction in stars.
    """

    parts: dict[str, float]
    products: np.ndarray
    sum: float
    low: float | None
    high: float | None
    rating: float


def take_apart(
    weights: Weights,
    config: ModelConfig,
    rating_range: tuple[float, float],
    global_mean: float,
    user_idx: int,
    item_idx: int,
) -> Prediction:
    """The prediction of the model `config` with `weights` for one user and one movie, both by index:

        dot, bias, implicit:  x = c + b_u + b_i + Σ_f p_uf · q_if,      c, b_u and b_i where the model has them
        net:                  x = c₂ + Σ_h w₂_h · relu(W₁_h · [p_u, q_i] + c₁_h)
        ŷ = x, or low + (high - low) · σ(x) with a sigmoid

    Args:
        rating_range: of the data, in stars; `config.range_margin` widens it.
        global_mean: of the training ratings, in stars; from it follows c where the model starts at the mean.

    Raises:
        MissingPartError: a weight of the model is not among `weights`.
    """
    try:
        user, item = weights["user_factors.weight"][user_idx], weights["item_factors.weight"][item_idx]
        low, high = rating_range[0] - config.range_margin, rating_range[1] + config.range_margin
        parts: dict[str, float] = {}
        if config.kind in ("bias", "implicit"):
            if config.start_at_mean:
                parts["global part"] = math.log((global_mean - low) / (high - global_mean))
            parts["user bias"] = float(weights["user_bias.weight"][user_idx, 0])
            parts["movie bias"] = float(weights["item_bias.weight"][item_idx, 0])
        if config.kind == "net":
            products = _hidden_units(weights, np.concatenate([user, item]))
            parts["constant"] = float(weights["last.bias"][0])
            parts["hidden units"] = float(products[:, 2].sum())
        else:
            products = np.stack([user, item, user * item], axis=1).astype(np.float64)
            parts["products of factors"] = float(products[:, 2].sum())
    except KeyError as error:
        raise MissingPartError(f"The weights of this model lack {error}. Train the run again.") from error
    total = sum(parts.values())
    if not config.sigmoid:
        return Prediction(parts, products, total, None, None, total)
    share = (1 + math.tanh(total / 2)) / 2  # the sigmoid; exp(-total) would overflow
    return Prediction(parts, products, total, low, high, low + (high - low) * share)


def _hidden_units(weights: Weights, taken: np.ndarray) -> np.ndarray:
    """(n_hidden, 3): each hidden unit's input, its output, and that times its weight in the last layer."""
    before = weights["hidden.weight"].astype(np.float64) @ taken + weights["hidden.bias"]
    after = np.maximum(before, 0)
    return np.stack([before, after, after * weights["last.weight"][0]], axis=1)
