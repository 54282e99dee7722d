"""Who would pick what: the scores by which a model with interests ranks, and the interests of somebody new."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, MissingPartError, UnknownIdError
from cf_core.fitted_factors import FittedFactors


def interest_scores(factors: FittedFactors, user_idx: ArrayLike) -> NDArray[np.floating]:
    """d_u · q_i of each of the users for all items, (len(user_idx), n_items): the higher, the likelier u is to pick i.
    The unit is that of z (see `EmbeddingImplicit`), not stars.

    Raises:
        MissingPartError: the model has no interests.
    """
    interests = factors.need_user_interests()[np.asarray(user_idx, dtype=np.int64)]
    scores: NDArray[np.floating] = interests @ factors.item_factors.T
    return scores


def fold_in_interests(
    factors: FittedFactors,
    config: TrainingConfig,
    train_mean: float,
    item_idx: ArrayLike,
    stars: ArrayLike,
    star: float = 1.0,
) -> NDArray[np.float64]:
    """The interests d, (n_factors,), of a new user from their ratings r_i.

    d minimises what training minimises, with the items as they are. Of n cells a share s has a training rating:

        λ/n · Σ over all items of (d · q_i - z_i)² + w/2 · |d|²,   z_i = (1 + γ · (r_i - r̄)) / √s if rated, else 0

    where λ is `implicit_weight`, γ `star_weight` per `star` and w `weight_decay` (with AdamW, which minimises no such
    sum, the same is taken). The gradient is zero at

        d = (QᵀQ + w n / (2λ) · I)⁻¹ · Σ over the rated of z_i q_i

    and of all that was *not* rated nothing is left but the small matrix QᵀQ, the same for everybody. Without a rating,
    d is 0.

    Args:
        config: that the model was trained by.
        train_mean: r̄, the mean of its training ratings, stars.
        item_idx, stars: the ratings, shape (m,) each, in any order.
        star: how much on the scale of the ratings one of the lesson's stars is, see `star_size`.

    Raises:
        MissingPartError: the model has no interests, or gave them no weight.
        UnknownIdError: no item has that index.
        ConfigError: an item twice, or not as many stars as items.

    Source: the step for users in Hu, Koren & Volinsky, "Collaborative filtering for implicit feedback datasets" (2008).
    """
    n_users, (n_items, n_factors) = len(factors.need_user_interests()), factors.item_factors.shape
    model, n = config.model, n_users * n_items
    if model.implicit_weight == 0:
        raise MissingPartError("This run gave no weight to who rated what. Train one with implicit_weight above 0.")
    items, given = _checked(item_idx, stars, n_items)
    share = factors.n_train_by_item.sum() / n
    z = (1 + model.star_weight / star * (given - train_mean)) / math.sqrt(share)
    q = factors.item_factors.astype(np.float64)
    matrix = q.T @ q + config.weight_decay * n / (2 * model.implicit_weight) * np.eye(n_factors)
    solution: NDArray[np.float64] = np.linalg.pinv(matrix, hermitian=True) @ (z @ q[items])  # the shortest, if w is 0
    return solution


def _checked(item_idx: ArrayLike, stars: ArrayLike, n_items: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    items, given = np.asarray(item_idx, dtype=np.int64), np.asarray(stars, dtype=np.float64)
    if items.shape != given.shape or items.ndim != 1:
        raise ConfigError(f"{items.size} items and {given.size} ratings do not match. Give each item one rating.")
    outside = items[(items < 0) | (items >= n_items)]
    if outside.size:
        raise UnknownIdError(f"No item has the index {outside[0]}. Choose from 0 to {n_items - 1}.")
    if len(np.unique(items)) < len(items):
        raise ConfigError("An item is rated twice. Give each item one rating.")
    return items, given
