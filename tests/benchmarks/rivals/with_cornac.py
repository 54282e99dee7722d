"""Cornac: matrix factorisation with biases by compiled stochastic gradient descent, one rating at a time."""

from importlib.metadata import version

import numpy as np
from contest import Rows, Sizes, take_turn
from cornac.data import Dataset
from cornac.models import MF

# Chosen on a fifth of the training ratings, held back; "quick" for little time, near the others' RMSE.
SETTINGS: dict[str, dict[str, float]] = {
    "default": {},
    "tuned": {"k": 100, "max_iter": 60, "learning_rate": 0.007, "lambda_reg": 0.05},
    "quick": {"k": 20, "max_iter": 40, "learning_rate": 0.008, "lambda_reg": 0.03},
}


def prepare(rows: Rows, sizes: Sizes) -> Dataset:
    triples = zip(rows.user_idx.tolist(), rows.item_idx.tolist(), rows.rating.tolist(), strict=True)
    return Dataset.from_uir(list(triples))


def fit(ratings: Dataset, setting: str) -> MF:
    return MF(**SETTINGS[setting], num_threads=1, seed=0).fit(ratings)


def predict(model: MF, rows: Rows) -> np.ndarray:
    """The library takes one pair at a time; it predicts a movie without a training rating by the mean alone, to which
    the user's bias is added here."""
    user_of, item_of = model.uid_map, model.iid_map
    predicted = [
        model.rate(user_of[user], item_of[item])
        if item in item_of
        else model.global_mean + model.u_biases[user_of[user]]
        for user, item in zip(rows.user_idx.tolist(), rows.item_idx.tolist(), strict=True)
    ]
    return np.array(predicted)


if __name__ == "__main__":
    take_turn(version("cornac"), prepare, fit, predict)
