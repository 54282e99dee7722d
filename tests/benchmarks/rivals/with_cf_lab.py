"""CF Lab itself, under the same rules as the libraries: a recipe, or one epoch of one of the lesson's."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from contest import Rows, Sizes, take_turn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.data.split import Split, split_ratings
from cf_core.training.fit import fit as train
from cf_core.training.history import History
from cf_core.training.recipes import recipe
from cf_core.training.state import TrainingState

SPLIT = split_ratings(read_ratings(EMBEDDED))


def prepare(rows: Rows, sizes: Sizes) -> Split:
    """The file holds the training rows in the split's order. Libraries do without a validation set; the loop insists on
    one and gets a single row."""
    return replace(SPLIT, train_rows=SPLIT.train_rows[: len(rows.rating)], valid_rows=SPLIT.valid_rows[:1])


def fit(split: Split, setting: str) -> tuple[TrainingState, History]:
    setting, _, n_reports = setting.partition(", reports: ")
    training = TrainingState.start(_config(setting), split)
    return training, History.of(train(training, reports_per_epoch=int(n_reports or 50)))


@torch.no_grad()
def predict(fitted: tuple[TrainingState, History], rows: Rows) -> np.ndarray:
    model = fitted[0].model.eval()
    return model(torch.from_numpy(rows.user_idx), torch.from_numpy(rows.item_idx)).numpy()


def epoch_seconds(fitted: tuple[TrainingState, History]) -> float:
    return fitted[1].epochs[0].seconds


def _config(setting: str) -> TrainingConfig:
    name, _, n_epochs = setting.partition(", epochs: ")
    config = recipe(name).config
    return with_settings(config, {"n_epochs": int(n_epochs)}) if n_epochs else config


if __name__ == "__main__":
    torch.set_num_threads(1)
    take_turn(torch.__version__, prepare, fit, predict, epoch_seconds)
