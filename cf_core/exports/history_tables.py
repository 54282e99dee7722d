"""The part "history": how the training went, a row per epoch and a row per report within the epochs."""

from pathlib import Path

import pandas as pd

from cf_core.exports.contents import Report, RunContents
from cf_core.exports.csv_files import read_line, write_csv
from cf_core.exports.part import Note, Part
from cf_core.training.events import BatchEnded, EpochEnded

EPOCHS, BATCHES = "epochs.csv", "batches.csv"
_EPOCH = ["epoch", "phase", "train_loss", "valid_loss", "rmse", "mae", "learning_rate", "seconds", "ratings_per_second"]
_BATCH = ["epoch", "batch", "n_batches", "position", "phase", "train_loss", "learning_rate", "seconds"]


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write both tables."""
    history = contents.history
    epochs, batches = _table(history.epochs, _EPOCH), _table(history.batches, _BATCH)
    write_csv(epochs, folder / EPOCHS)
    write_csv(batches, folder / BATCHES)
    report(1, 1)
    of_epochs = (
        "A row per epoch. Losses are mean squared errors; `rmse` and `mae` are over the validation ratings, in the "
    )
    of_epochs += "unit of the ratings."
    of_batches = (
        "A row per report while it trained: `position` is where on the axis of epochs, `train_loss` the mean since "
    )
    of_batches += "the report before."
    return [
        Note(EPOCHS, of_epochs, f"epochs = {read_line(EPOCHS, epochs)}"),
        Note(BATCHES, of_batches, f"batches = {read_line(BATCHES, batches)}"),
    ]


def _table(events: list[EpochEnded] | list[BatchEnded], columns: list[str]) -> pd.DataFrame:
    rows = [[getattr(event, column) for column in columns] for event in events]
    return pd.DataFrame(rows, columns=columns).infer_objects()


PART = Part("history", "History", write, needs_factors=False)
