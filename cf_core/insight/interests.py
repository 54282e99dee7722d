"""Who would rate what: the scores by which a model with interests ranks, and the interests of somebody new."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cf_core.config import TrainingConfig
from cf_core.errors import ConfigError, MissingPartError, UnknownIdError
from cf_core.fitted_factors import FittedFactors


def interest_scores(factors: FittedFactors, user_idx: ArrayLike) -> NDArray[np.floating]:
    """d_u · q_i of each of the users for all items, (len(user_idx), n_items): the higher, the likelier it is that u rates
    i. The unit is that of z (see `EmbeddingImplicit`), not stars.

    Raises:
        MissingPartError: the model has no interests.
    """
    interests = factors.need_user_interests()[np.asarray(user_idx, dtype=np.int64)]
    scores: NDArray[np.floating] = interests @ factors.item_factors.T
    return scores


def fold_in_interests(factors: FittedFactors, config: TrainingConfig, item_idx: ArrayLike) -> NDArray[np.float64]:
    """The interests d, (n_factors,), of a new user who rated the m items `item_idx`, however many stars they gave.

    d minimises what training minimises, with the items as they are. Of N training ratings in n cells, a share s = N/n,

        λ/n · Σ over all items of (d · q_i - z_i)² + ν/N · m |d|² + w/2 · |d|²,   z_i = 1/√s if rated, else 0

    where λ is `implicit_weight`, ν `interest_decay` and w `weight_decay` (with AdamW, which minimises no such sum, the
    same is taken). The gradient is zero at

        d = (QᵀQ + (ν m / s + w n / 2) / λ · I)⁻¹ · Σ over the rated of q_i / √s

    and no sum over what was *not* rated is left but the small matrix QᵀQ, which is the same for everybody. Without a
    rating, d is 0.

    Args:
        config: that the model was trained by.
        item_idx: each item once.

    Raises:
        MissingPartError: the model has no interests, or gave them no weight.
        UnknownIdError: no item has that index.
        ConfigError: an item twice.

    Source: the step for users in Hu, Koren & Volinsky, "Collaborative filtering for implicit feedback datasets" (2008).
    """
    n_users, (n_items, n_factors) = len(factors.need_user_interests()), factors.item_factors.shape
    weight = config.model.implicit_weight
    if weight == 0:
        raise MissingPartError("This run gave no weight to who rated what. Train one with implicit_weight above 0.")
    rated = _checked(item_idx, n_items)
    n = n_users * n_items
    share = factors.n_train_by_item.sum() / n
    decay = (config.model.interest_decay * len(rated) / share + config.weight_decay * n / 2) / weight
    q = factors.item_factors.astype(np.float64)
    right = q[rated].sum(axis=0) / math.sqrt(share)
    if decay == 0:  # QᵀQ alone may have no inverse: of the many d that do equally well, the shortest
        return np.linalg.pinv(q.T @ q, hermitian=True) @ right
    return np.linalg.solve(q.T @ q + decay * np.eye(n_factors), right)


def _checked(item_idx: ArrayLike, n_items: int) -> NDArray[np.int64]:
    rated = np.asarray(item_idx, dtype=np.int64)
    outside = rated[(rated < 0) | (rated >= n_items)]
    if outside.size:
        raise UnknownIdError(f"No movie has the index {outside[0]}. Choose from 0 to {n_items - 1}.")
    if len(np.unique(rated)) < len(rated):
        raise ConfigError("A movie is rated twice. Give each movie one rating.")
    return rated
