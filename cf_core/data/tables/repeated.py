"""What becomes of a user's second rating of an item."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.data.checks import Found, check, quoted, refuse
from cf_core.data.raw import TextColumn
from cf_core.errors import DuplicateRatingError


@dataclass(frozen=True)
class OneEach:
    """One rating of each item by each user. `rows` are the rows that stay, in the order of the file; `rating` their
    ratings, float64; `is_mean` tells which of them are the mean of several; `n_left_out` rows are gone."""

    rows: NDArray[np.int64]
    rating: NDArray[np.float64]
    is_mean: NDArray[np.bool_]
    n_left_out: int


def check_rated_once(user: TextColumn, item: TextColumn, found: Found = refuse) -> None:
    """Raise `DuplicateRatingError` where a user rates an item again."""
    pair = _pairs(user, item)
    ordered = np.sort(pair)
    if (ordered[1:] != ordered[:-1]).all():
        return
    first = np.zeros(len(pair), dtype=np.bool_)
    first[np.unique(pair, return_index=True)[1]] = True
    cure = "Delete all but one of these rows, or choose that the last or the mean counts."
    check(
        item,
        ~first,
        DuplicateRatingError,
        lambda row: f"{quoted(user, row)} rates {quoted(item, row)} again",
        cure,
        found,
    )


def one_each(
    user: TextColumn,
    item: TextColumn,
    rating: NDArray[np.float64],
    time: NDArray[np.int64] | None,
    rule: Literal["last", "mean"],
) -> OneEach:
    """Keep the last rating of each item by each user, or the mean of all at the place and time of the last. The last is
    the one of the latest time, and of equal times, or without any, the one of the last row."""
    pair = _pairs(user, item)
    order = np.lexsort((pair,) if time is None else (time, pair))  # stable: of equal times the last row comes last
    ends = np.flatnonzero(np.append(pair[order][1:] != pair[order][:-1], True))
    counts = np.diff(ends, prepend=-1)
    kept = order[ends]
    by_place = np.argsort(kept)
    value = rating[kept]
    if rule == "mean":
        starts = ends - counts + 1
        value = np.where(counts > 1, np.add.reduceat(rating[order], starts) / counts, value)
    is_mean = (counts > 1) & (rule == "mean")
    return OneEach(kept[by_place], value[by_place], is_mean[by_place], len(pair) - len(kept))


def _pairs(user: TextColumn, item: TextColumn) -> NDArray[np.int64]:
    (user_idx, _), (item_idx, items) = user.indexed, item.indexed
    return user_idx * len(items) + item_idx
