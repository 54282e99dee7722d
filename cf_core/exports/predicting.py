"""Predicts ratings from the exported tensors by the equation that the export gives for them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cf_core.rating_scale import RatingScale

DOT = "x = start + user_factors[u] @ item_factors[i]"
BIASES = f"{DOT} + user_bias[u] + item_bias[i]"
NET = (
    "x = start + last_bias[0] + last_weight @ maximum(hidden_weight @ concatenate([user_factors[u], item_factors[i]]) "
    "+ hidden_bias, 0)"
)
SIGMOID = "rating = low + (high - low) / (1 + exp(-x))"
IDENTITY = "rating = x"


def equation(tensors: Mapping[str, NDArray[np.generic]], scale: RatingScale) -> list[str]:
    """How a rating is predicted, in two lines that NumPy's functions make sense of. u and i are rows."""
    sum_of = NET if "hidden_weight" in tensors else BIASES if "user_bias" in tensors else DOT
    return [sum_of, IDENTITY if scale.low is None else SIGMOID]


def predict(
    tensors: Mapping[str, NDArray[np.generic]],
    scale: RatingScale,
    user_idx: NDArray[np.int64],
    item_idx: NDArray[np.int64],
) -> NDArray[np.float64]:
    """ŷ for each pair of a user and an item, by index, shape (n,), in the unit of the ratings: see `equation`. The
    factors of all n pairs are in memory at once."""
    users = tensors["user_factors"][user_idx].astype(np.float64)
    items = tensors["item_factors"][item_idx].astype(np.float64)
    if "hidden_weight" in tensors:
        before = np.concatenate([users, items], axis=1) @ tensors["hidden_weight"].T + tensors["hidden_bias"]
        x = np.maximum(before, 0) @ tensors["last_weight"] + tensors["last_bias"][0]
    else:
        x = np.einsum("nf,nf->n", users, items)
        if "user_bias" in tensors:
            x = x + tensors["user_bias"][user_idx] + tensors["item_bias"][item_idx]
    return scale.value_and_derivative(x + scale.start)[0]
