"""LensKit: biases first, then factors of what they leave, by least squares in turn for users and movies."""

from importlib.metadata import version

import numpy as np
import pandas as pd
from contest import Rows, Sizes, take_turn
from lenskit.als import BiasedMFScorer
from lenskit.data import Dataset, ItemList, from_interactions_df
from lenskit.training import TrainingOptions

# The penalty was chosen on a fifth of the training ratings, held back.
SETTINGS: dict[str, dict[str, float]] = {"default": {}, "tuned": {"regularization": 0.17}}


def prepare(rows: Rows, sizes: Sizes) -> Dataset:
    return from_interactions_df(
        pd.DataFrame({"user_id": rows.user_idx, "item_id": rows.item_idx, "rating": rows.rating})
    )


def fit(ratings: Dataset, setting: str) -> BiasedMFScorer:
    model = BiasedMFScorer(**SETTINGS[setting])
    model.train(ratings, TrainingOptions(rng=0))
    return model


def predict(model: BiasedMFScorer, rows: Rows) -> np.ndarray:
    """The library takes one user at a time; movies without a training rating it leaves to its bias model."""
    predicted = np.empty(len(rows.rating))
    for user, of_user in pd.Series(rows.item_idx).groupby(rows.user_idx):
        items = ItemList(item_ids=of_user.to_numpy())
        scores = model(query=int(user), items=items).scores()
        biases, _ = model.bias.compute_for_items(items, int(user))
        predicted[of_user.index] = np.where(np.isnan(scores), biases, scores)
    return predicted


if __name__ == "__main__":
    take_turn(version("lenskit"), prepare, fit, predict)
