"""Summarises a split: its sizes, in total, over time and per user, and the movies that training never sees."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.chunks import chunks_of
from cf_core.data.months import count_months, months_from
from cf_core.data.split import Split


@dataclass(frozen=True)
class SplitSummary:
    """A split in numbers.

    Attributes:
        n_train, n_valid: ratings in each part.
        n_new_items, n_new_users: movies and users that occur in validation only.
        unseen_share: share (0 to 1) of the validation ratings that have such a movie or user.
    """

    n_train: int
    n_valid: int
    n_new_items: int
    n_new_users: int
    unseen_share: float


def split_summary(split: Split) -> SplitSummary:
    """Summarise the split."""
    items, users = item_counts(split), user_counts(split)
    return SplitSummary(
        n_train=len(split.train_rows),
        n_valid=len(split.valid_rows),
        n_new_items=int(items.is_new.sum()),
        n_new_users=int(users.is_new.sum()),
        unseen_share=split.n_unseen_rows / len(split.valid_rows),
    )


def new_items(split: Split) -> pd.DataFrame:
    """The movies that occur in validation only, most ratings first, ties by id: item_id, title, n_valid."""
    counts = item_counts(split)
    new = np.flatnonzero(counts.is_new)
    frame = split.ratings.item_table[["item_id", "title"]].iloc[new].assign(n_valid=counts.n_valid[new])
    return frame.sort_values(["n_valid", "item_id"], ascending=[False, True], ignore_index=True)


def over_time(split: Split) -> pd.DataFrame:
    """Ratings of both parts in each quarter of a year (UTC): quarter (its first day), n_train, n_valid; empty without
    timestamps."""
    times, counted = split.ratings.timestamp, {"n_train": split.train_rows, "n_valid": split.valid_rows}
    if times is None:
        return pd.DataFrame({"quarter": months_from(0, 0), **{name: np.empty(0, dtype=np.int64) for name in counted}})
    columns, first, span = {}, 0, split.ratings.time_span
    for name, rows in counted.items():
        n_of_month, first = count_months((times[rows[some]] for some in chunks_of(len(rows))), span)
        from_quarter = np.pad(n_of_month, (first % 3, 0))
        columns[name] = np.add.reduceat(from_quarter, np.arange(0, len(from_quarter), 3))
    quarters = months_from(first // 3 * 3, 3 * len(columns["n_train"]))[::3]
    return pd.DataFrame({"quarter": quarters, **columns})


def by_user(split: Split) -> pd.DataFrame:
    """How many ratings of each user validate, in index order: user_id, n_ratings, n_valid."""
    return split.ratings.user_stats()[["user_id", "n_ratings"]].assign(n_valid=user_counts(split).n_valid)


class Counts(NamedTuple):
    """How many training and validation ratings each user or movie has, shape (n,) each, in index order."""

    n_train: NDArray[np.int64]
    n_valid: NDArray[np.int64]

    @property
    def is_new(self) -> NDArray[np.bool_]:
        """Whether it occurs in validation only."""
        is_new: NDArray[np.bool_] = (self.n_valid > 0) & (self.n_train == 0)
        return is_new


def user_counts(split: Split) -> Counts:
    """Those of each user."""
    return _counts(split, split.ratings.user_idx, split.ratings.user_stats()["n_ratings"])


def item_counts(split: Split) -> Counts:
    """Those of each movie."""
    return _counts(split, split.ratings.item_idx, split.ratings.item_stats()["n_ratings"])


def _counts(split: Split, index: NDArray[np.int64], n_ratings: "pd.Series[int]") -> Counts:
    n_valid = np.bincount(index[split.valid_rows], minlength=len(n_ratings))
    if len(split.train_rows) + len(split.valid_rows) == len(index):  # all are in one part: the rest needs no counting
        return Counts(n_ratings.to_numpy() - n_valid, n_valid)
    return Counts(np.bincount(index[split.train_rows], minlength=len(n_ratings)), n_valid)
