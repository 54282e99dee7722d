"""The scores by which a run ranks items, from what is stored of it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.errors import MissingPartError
from cf_core.evaluation.metrics import Scores
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.interests import interest_scores

Weights = Mapping[str, NDArray[np.floating]]
"""A model's weights by their PyTorch names, such as `hidden.weight`."""


def scores_of_run(factors: FittedFactors, config: ModelConfig, weights: Weights | None = None) -> Scores:
    """How the model ranks: by its interests, d_u · q_i, where its `ranking` says so; else by the part of its sum that
    differs between the items of a user,

        dot             p_u · q_i
        bias, implicit  p_u · q_i + b_i
        net             Σ_h w₂_h · relu(W₁_h · [p_u, q_i] + c₁_h)

    What is the same for all items of a user (the constant, b_u, the range of stars) changes no order.

    Args:
        weights: the layers of a net; others need none.

    Raises:
        MissingPartError: a net without the weights of its layers, or a model without the interests to rank by.
    """
    if config.ranking == "interests":
        factors.need_user_interests()
        return lambda users: interest_scores(factors, users)
    if config.kind == "net":
        return _scores_of_net(factors, weights or {})
    bias = factors.item_bias if factors.item_bias is not None else 0.0

    def scores(users: NDArray[np.int64]) -> NDArray[np.floating]:
        product: NDArray[np.floating] = factors.user_factors[users] @ factors.item_factors.T + bias
        return product

    return scores


def _scores_of_net(factors: FittedFactors, weights: Weights) -> Scores:
    try:
        hidden, constant, last = weights["hidden.weight"], weights["hidden.bias"], weights["last.weight"][0]
    except KeyError as error:
        raise MissingPartError(
            f"A neural net's predictions need its layers, and {error} is not stored. Train the run again."
        ) from error
    n_factors = factors.user_factors.shape[1]
    of_user = factors.user_factors @ hidden[:, :n_factors].T + constant
    of_item = factors.item_factors @ hidden[:, n_factors:].T

    def scores(users: NDArray[np.int64]) -> NDArray[np.floating]:
        total = np.zeros((len(users), len(of_item)))
        for unit, weight in enumerate(last):  # one at a time: all together would be n_hidden times the memory
            total += weight * np.maximum(of_user[users, unit, None] + of_item[None, :, unit], 0)
        return total

    return scores
