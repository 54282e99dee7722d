"""A made-up run for the store: two epochs of two batches each, and small factors."""

from pathlib import Path

import numpy as np

from cf_core.data.id_map import IdMap
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.store.run_store import RunStore
from cf_core.training.events import BatchEnded, EpochEnded, FitEnded, FitStarted
from cf_core.training.history import History

STARTED = FitStarted(n_train=8, n_valid=2, n_batches=2, n_epochs=2, n_parameters=12, device="cpu", model="Model()")
FINISHED = FitEnded("finished", 2, 1.5)


def batch(epoch: int, number: int) -> BatchEnded:
    return BatchEnded(epoch, number, 2, 1, train_loss=1 / 3, learning_rate=0.1)


def epoch(number: int) -> EpochEnded:
    return EpochEnded(
        number, 1, 1.1, valid_loss=0.81, rmse=0.9, mae=0.7, learning_rate=0.1, seconds=1, ratings_per_second=8
    )


def two_epochs() -> History:
    return History.of([STARTED, batch(1, 1), batch(1, 2), epoch(1), batch(2, 1), batch(2, 2), epoch(2)])


def make_factors(n_items: int = 3) -> FittedFactors:
    return FittedFactors(
        recipe="tiny",
        users=IdMap(np.array([5, 4]), "user"),
        items=IdMap(np.arange(n_items), "item"),
        user_factors=np.ones((2, 4), np.float32),
        item_factors=np.ones((n_items, 4), np.float32),
        user_bias=np.zeros(2, np.float32),
        item_bias=np.arange(n_items, dtype=np.float32),
        bias_unit="logits",
        n_train_by_user=np.array([2, 1]),
        n_train_by_item=np.ones(n_items, np.int64),
    )


def checkpoint_of(store: RunStore, run_id: str) -> Path:
    """Where a store in a folder keeps the run's checkpoint."""
    return files_folder(store) / run_id / "checkpoint.safetensors"


def files_folder(store) -> Path:
    """The folder that has the files of the store, whatever has its records."""
    return Path(store.address.files.removeprefix("file://"))
