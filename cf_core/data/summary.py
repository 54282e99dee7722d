"""What a data set looks like from afar: counts, the histogram of ratings, the long tails. Nothing in here draws."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cf_core.data.crosstab import by_count
from cf_core.data.ratings import Ratings


@dataclass(frozen=True)
class Counts:
    """The size of a data set. `sparsity` is the share of empty cells; times are UTC, None without timestamps."""

    n_ratings: int
    n_users: int
    n_items: int
    sparsity: float
    first: pd.Timestamp | None
    last: pd.Timestamp | None


def counts(ratings: Ratings) -> Counts:
    """How many ratings, users and movies there are, how empty the table is, and the time that it spans."""
    first, last = None, None
    if ratings.timestamp is not None:
        first, last = _time(ratings.timestamp.min()), _time(ratings.timestamp.max())
    return Counts(ratings.n_ratings, ratings.n_users, ratings.n_items, 1 - ratings.density, first, last)


def rating_histogram(ratings: Ratings) -> pd.DataFrame:
    """Each value that occurs and how often: rating (stars, ascending), n_ratings."""
    values, n_ratings = np.unique(ratings.rating, return_counts=True)
    return pd.DataFrame({"rating": values, "n_ratings": n_ratings})


def long_tail(ratings: Ratings, of: Literal["user", "item"]) -> pd.DataFrame:
    """Users or movies by the number of their ratings, most first, ties by raw id.

    Columns: rank (from 1), id (raw), title (movies only), n_ratings, and share_cumulative, the share of all ratings
    that this row and those above it hold.
    """
    is_user = of == "user"
    ids, index = (ratings.users, ratings.user_idx) if is_user else (ratings.items, ratings.item_idx)
    order = by_count(ids, index)
    n_ratings = np.bincount(index, minlength=len(ids))[order]
    tail = pd.DataFrame({"rank": np.arange(1, len(ids) + 1), "id": ids.raw_of(order)})
    if not is_user:
        tail["title"] = ratings.item_table["title"].iloc[order].to_numpy()
    return tail.assign(n_ratings=n_ratings, share_cumulative=np.cumsum(n_ratings) / ratings.n_ratings)


def _time(seconds: np.int64) -> pd.Timestamp:
    return pd.Timestamp(int(seconds), unit="s", tz="UTC")
