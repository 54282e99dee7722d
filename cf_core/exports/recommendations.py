"""The part "recommendations": the first ten items for every user, by the order in which the lab ranks a run."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from cf_core.evaluation.metrics import NOTHING, K, top_items
from cf_core.evaluation.protocol import Candidates
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.exports.contents import Report, RunContents
from cf_core.exports.csv_files import read_line, write_parts
from cf_core.exports.part import Note, Part
from cf_core.exports.predicting import predict

FILE = "recommendations.csv"


def write(contents: RunContents, folder: Path, report: Report) -> list[Note]:
    """Write them a block of users at a time."""
    write_parts(blocks(contents, report), folder / FILE)
    by_interests = contents.run.spec.config.model.ranking == "interests"
    order = "by the users' interests (`user_interests[u] @ item_factors[i]`)" if by_interests else "by predicted rating"
    says = (
        f"The first {K} items for each user, {order}, among the items with a training rating that the user has not "
        "rated in training; `predicted` is the predicted rating. A user without a training rating has only what is "
        "the same for all, and chance."
    )
    columns = _table(contents, np.empty((0, K), np.int64), np.empty(0, np.int64))
    return [Note(FILE, says, f"recommendations = {read_line(FILE, columns)}")]


def blocks(contents: RunContents, report: Report) -> Iterator[pd.DataFrame]:
    """Columns user_id, rank (from 1), item_id, title, predicted; by user in index order, the best first."""
    candidates = Candidates.of(contents.split)
    scores = scores_of_run(contents.need_factors(), contents.run.spec.config.model, contents.layers)
    users, done = np.arange(contents.ratings.n_users), 0
    for block in candidates.blocks(users):
        yield _table(contents, top_items(candidates, scores, block), block)
        done += len(block)
        report(done, len(users))


def _table(contents: RunContents, top: np.ndarray, users: np.ndarray) -> pd.DataFrame:
    """The table of one block: `top` as `top_items` has it."""
    ratings, is_filled = contents.ratings, top != NOTHING
    user_idx, item_idx = np.repeat(users, top.shape[1])[is_filled.ravel()], top[is_filled]
    return pd.DataFrame(
        {
            "user_id": ratings.users.ids[user_idx],
            "rank": np.tile(np.arange(1, top.shape[1] + 1), len(top))[is_filled.ravel()],
            "item_id": ratings.items.ids[item_idx],
            "title": ratings.item_table["title"].to_numpy()[item_idx],
            "predicted": predict(contents.tensors, contents.scale, user_idx, item_idx).round(4),
        }
    )


PART = Part("recommendations", "Recommendations for all users", write)
