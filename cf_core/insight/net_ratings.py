"""Predicts ratings of the data by the lesson's small neural net, from its weights and without PyTorch."""

import numpy as np
from numpy.typing import NDArray

from cf_core.config import ModelConfig
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.insight.prediction import Weights
from cf_core.rating_scale import RatingScale

_ROWS_AT_ONCE = 65_536
"""Ratings per batch, so that the hidden units of ten million ratings are never in memory at once."""


def net_ratings(weights: Weights, config: ModelConfig, split: Split, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """ŷ of these rows of the data, in stars, shape (n,). With W₁ = [U, V] split into its columns for the user's factors
    and for the movie's, both products are computed once per user and per movie:

        x = c₂ + Σ_h w₂_h · relu(U_h · p_u + V_h · q_i + c₁_h),   ŷ = x or, with a sigmoid, low + (high - low) · σ(x)

    Args:
        weights: of a net trained by `config` on `split`, by their PyTorch names; dropout takes no part in prediction.

    Raises:
        MissingPartError: a weight of the net is not among `weights`.
    """
    try:
        user, item = weights["user_factors.weight"], weights["item_factors.weight"]
        hidden, last = weights["hidden.weight"].astype(np.float64), weights["last.weight"][0].astype(np.float64)
        of_user = user @ hidden[:, : user.shape[1]].T + weights["hidden.bias"]
        of_item = item @ hidden[:, user.shape[1] :].T
        constant = float(weights["last.bias"][0])
    except KeyError as error:
        raise MissingPartError(f"The weights of this net lack {error}. Train the run again.") from error
    ratings = split.ratings
    x = np.empty(len(rows))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        before = of_user[ratings.user_idx[rows[some]]] + of_item[ratings.item_idx[rows[some]]]
        x[some] = np.maximum(before, 0) @ last + constant
    return RatingScale.of(config, ratings.rating_range, split.train_mean).value_and_derivative(x)[0]
