"""fastai: `collab_learner` with the dot product, the descendant of the lesson's own learner, at the lesson's batch size
and with the rate and the decay that fastai's tutorial on collaborative filtering takes."""

import statistics
import time
from importlib.metadata import version

import numpy as np
import pandas as pd
import torch
from contest import HIGHEST, LOWEST, Rows, Sizes, take_turn
from fastai.callback.core import Callback
from fastai.collab import TabularCollab, collab_learner
from fastai.data.block import TransformBlock
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.tabular.core import Categorify

N_EPOCHS = {"default": 5}


class Stopwatch(Callback):
    """The seconds of each epoch's training part, validation left out."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def before_train(self) -> None:
        self.started = time.perf_counter()

    def after_train(self) -> None:
        self.seconds.append(time.perf_counter() - self.started)


def prepare(rows: Rows, sizes: Sizes) -> DataLoaders:
    """The library insists on a validation set; it gets a single row."""
    train, valid = list(range(len(rows.rating))), [0]
    table = TabularCollab(
        _frame(rows),
        [Categorify],
        ["user", "item"],
        y_names=["rating"],
        y_block=TransformBlock(),
        splits=(train, valid),
    )
    return table.dataloaders(bs=64)


def fit(ratings: DataLoaders, setting: str) -> tuple[Learner, list[float]]:
    torch.manual_seed(0)
    learner = collab_learner(ratings, n_factors=50, use_nn=False, y_range=(LOWEST, HIGHEST + 0.5))
    stopwatch = Stopwatch()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(N_EPOCHS[setting], 5e-3, wd=0.1, cbs=stopwatch)
    return learner, stopwatch.seconds


def predict(fitted: tuple[Learner, list[float]], rows: Rows) -> np.ndarray:
    """Movies without a training rating share the factors that the library keeps for what it has not met."""
    learner = fitted[0]
    with learner.no_bar():
        predicted, _ = learner.get_preds(dl=learner.dls.test_dl(_frame(rows)))
    return predicted.numpy().ravel()


def epoch_seconds(fitted: tuple[Learner, list[float]]) -> float:
    return statistics.median(fitted[1])


def _frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame({"user": rows.user_idx, "item": rows.item_idx, "rating": rows.rating})


if __name__ == "__main__":
    take_turn(version("fastai"), prepare, fit, predict, epoch_seconds)
