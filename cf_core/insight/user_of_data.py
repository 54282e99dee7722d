"""Any user of the data: what they rated, what the model says of it, and their trained factors to recommend by."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.errors import MissingPartError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.fold_in import UserVector, predict_all
from cf_core.insight.item_side import ItemSide


@dataclass(frozen=True, eq=False)
class UserOfData:
    """A user of the data set.

    Attributes:
        user_idx, user_id: index and raw id.
        vector: bias and factors as trained.
        rated: one row per rating, training ratings first, each part by file order: `item_idx`, `item_id`, `title`,
            `rating`, `predicted`, `residual` (rating minus prediction; all in stars) and `part` ("training" or
            "validation"). The prediction is NaN for items without a training rating.
    """

    user_idx: int
    user_id: int | str
    vector: UserVector
    rated: pd.DataFrame

    @property
    def training(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Items and stars of the training ratings, to fold the user in with."""
        rows = self.rated[self.rated["part"] == "training"]
        return rows["item_idx"].to_numpy(np.int64), rows["rating"].to_numpy(np.float64)


def user_of_data(ratings: Ratings, split: Split, factors: FittedFactors, side: ItemSide, user_idx: int) -> UserOfData:
    """The user with that index.

    Raises:
        UnknownIdError: there is none.
        MissingPartError: the user has no training rating, so that their factors are still random.
    """
    user_id = ratings.users.raw_of([user_idx])[0]
    if not factors.n_train_by_user[user_idx]:
        raise MissingPartError(
            f"All ratings of user {user_id} are for validation, so the model has learnt nothing of them. "
            "Choose another user."
        )
    bias = 0.0 if factors.user_bias is None else float(factors.user_bias[user_idx])
    vector = UserVector(bias, factors.user_factors[user_idx].astype(np.float64))
    return UserOfData(user_idx, user_id, vector, _rated(ratings, split, predict_all(side, vector), user_idx))


def _rated(ratings: Ratings, split: Split, predicted: NDArray[np.float64], user_idx: int) -> pd.DataFrame:
    train, valid = (np.sort(rows[ratings.user_idx[rows] == user_idx]) for rows in (split.train_rows, split.valid_rows))
    rows = np.concatenate([train, valid])
    items, stars = ratings.item_idx[rows], ratings.rating[rows].astype(np.float64)
    return pd.DataFrame(
        {
            "item_idx": items,
            "item_id": ratings.items.ids[items],
            "title": ratings.item_table["title"].to_numpy()[items],
            "rating": stars,
            "predicted": predicted[items],
            "residual": stars - predicted[items],
            "part": ["training"] * len(train) + ["validation"] * len(valid),
        }
    )
