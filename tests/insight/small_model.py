"""Six ratings of three movies by three users, and a model of them without a sigmoid, to compute by hand.

              A        B        C      user bias   factor
    user 10   5 (4.5)  3 (3.5)         +0.5         1       in brackets the predictions
    user 20   3 (2.5)  2 (2.5)         -0.5        -1
    user 30   4 (3.75)         4 (2.75) +0.25       0
    bias      3.5      3        2.5
    factor    0.5      0        1

User 30's rating of A is for validation.
"""

import numpy as np
import pandas as pd

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.data.split import Split, SplitConfig
from cf_core.fitted_factors import FittedFactors

CONFIG = TrainingConfig("small", ModelConfig("bias", n_factors=1, sigmoid=False), "sgd", (Phase(1, 0.1),), 0.8)


def model() -> tuple[FittedFactors, Split]:
    """The model and the split that it was trained on."""
    users, items = IdMap(np.array([10, 20, 30]), "user"), IdMap(np.array([7, 8, 9]), "item")
    ratings = Ratings(
        name="small",
        users=users,
        items=items,
        user_idx=np.array([0, 0, 1, 1, 2, 2]),
        item_idx=np.array([0, 1, 0, 1, 2, 0]),
        rating=np.array([5, 3, 3, 2, 4, 4], np.float32),
        timestamp=None,
        item_table=pd.DataFrame(
            {
                "item_id": items.ids,
                "title": ["A (1994)", "B (2001)", "C"],
                "year": pd.array([1994, 2001, None], dtype="Int64"),
                "genres": ["Crime|Drama", "Drama", "Children's"],
            }
        ),
        fingerprint="",
    )
    factors = FittedFactors(
        recipe="small",
        users=users,
        items=items,
        user_factors=np.array([[1], [-1], [0]], np.float32),
        item_factors=np.array([[0.5], [0], [1]], np.float32),
        user_bias=np.array([0.5, -0.5, 0.25], np.float32),
        item_bias=np.array([3.5, 3, 2.5], np.float32),
        bias_unit="stars",
        n_train_by_user=np.array([2, 2, 1]),
        n_train_by_item=np.array([2, 2, 1]),
    )
    return factors, Split(ratings, SplitConfig(), np.arange(5), np.array([5]), 0, 0)
