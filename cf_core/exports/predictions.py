"""The part "predictions": what the model predicts for every validation rating."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from cf_core.exports.contents import Report, RunContents
from cf_core.exports.csv_files import read_line, write_parts
from cf_core.exports.part import Note, Part
from cf_core.exports.predicting import predict

FILE = "predictions.csv"
_ROWS_AT_ONCE = 65_536


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write them a block at a time, in the order of the split."""
    write_parts(blocks(contents, report), folder / FILE)
    says = (
        "The validation ratings, and what the model predicts for each; `is_unseen` where the user or the item has no "
    )
    says += "training rating."
    return [Note(FILE, says, f"predictions = {read_line(FILE, _table(contents, contents.split.valid_rows[:0]))}")]


def blocks(contents: RunContents, report: Report) -> Iterator[pd.DataFrame]:
    """Columns user_id, item_id, rating, predicted, is_unseen."""
    rows = contents.split.valid_rows
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        yield _table(contents, rows[start : start + _ROWS_AT_ONCE])
        report(min(start + _ROWS_AT_ONCE, len(rows)), len(rows))


def _table(contents: RunContents, rows: np.ndarray) -> pd.DataFrame:
    ratings, tensors = contents.ratings, contents.tensors
    user_idx, item_idx = ratings.user_idx[rows], ratings.item_idx[rows]
    return pd.DataFrame(
        {
            "user_id": ratings.users.ids[user_idx],
            "item_id": ratings.items.ids[item_idx],
            "rating": ratings.rating[rows],
            "predicted": predict(tensors, contents.scale, user_idx, item_idx).round(6),
            "is_unseen": (tensors["n_train_by_user"][user_idx] == 0) | (tensors["n_train_by_item"][item_idx] == 0),
        }
    )


PART = Part("predictions", "Validation predictions", write)
