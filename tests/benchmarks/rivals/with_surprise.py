"""Surprise: SVD, which is matrix factorisation with biases by compiled stochastic gradient descent."""

from importlib.metadata import version

import numpy as np
import pandas as pd
from contest import HIGHEST, LOWEST, Rows, Sizes, take_turn
from surprise import SVD, Dataset, Reader, Trainset

# Rate and penalty were chosen on a fifth of the training ratings, held back.
SETTINGS: dict[str, dict[str, float]] = {
    "default": {},
    "tuned": {"n_factors": 200, "n_epochs": 60, "lr_all": 0.01, "reg_all": 0.1},
}


def prepare(rows: Rows, sizes: Sizes) -> Trainset:
    reader = Reader(rating_scale=(LOWEST, HIGHEST))
    return Dataset.load_from_df(pd.DataFrame(rows._asdict()), reader).build_full_trainset()


def fit(ratings: Trainset, setting: str) -> SVD:
    return SVD(**SETTINGS[setting], random_state=0).fit(ratings)


def predict(model: SVD, rows: Rows) -> np.ndarray:
    """The library takes one pair at a time; a movie without a training rating is the mean plus the user's bias."""
    pairs = zip(rows.user_idx.tolist(), rows.item_idx.tolist(), strict=True)
    return np.array([model.predict(user, item).est for user, item in pairs])


if __name__ == "__main__":
    take_turn(version("scikit-surprise"), prepare, fit, predict)
