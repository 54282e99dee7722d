"""Summarises the ratings of one user or one movie."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cf_core.data.crosstab import by_count
from cf_core.data.part import count_values
from cf_core.data.ratings import Ratings


@dataclass(frozen=True, eq=False)
class Profile:
    """The ratings of one user or movie, summarised.

    Attributes:
        n_ratings: how many there are.
        rank: by n_ratings among all users or movies, from 1, ties by raw id.
        mean, std: stars; the standard deviation is 0 where all ratings are equal.
        histogram: rating (every value that occurs in the data set, ascending), n_ratings (may be 0).
        first, last: time of the first and the last rating (UTC), None without timestamps.
    """

    n_ratings: int
    rank: int
    mean: float
    std: float
    histogram: pd.DataFrame
    first: pd.Timestamp | None
    last: pd.Timestamp | None


def profile(ratings: Ratings, of: Literal["user", "item"], index: int) -> Profile:
    """Summarise the user or movie with that index.

    Raises:
        UnknownIdError: no user or movie has that index.
    """
    ids, own, stats = (ratings.users, ratings.user_idx, ratings.user_stats())
    if of == "item":
        ids, own, stats = (ratings.items, ratings.item_idx, ratings.item_stats())
    ids.raw_of([index])  # raises where the index is out of bounds
    rows = np.flatnonzero(own == index)
    given = ratings.rating[rows].astype(np.float64)
    values = ratings.rating_values
    times = None if ratings.timestamp is None else pd.to_datetime(ratings.timestamp[rows], unit="s", utc=True)
    return Profile(
        n_ratings=len(rows),
        rank=int(np.flatnonzero(by_count(ids, stats["n_ratings"].to_numpy()) == index)[0]) + 1,
        mean=float(given.mean()),
        std=float(given.std()),
        histogram=pd.DataFrame({"rating": values, "n_ratings": count_values(ratings.rating[rows], values)}),
        first=None if times is None else times.min(),
        last=None if times is None else times.max(),
    )


def rating_of(ratings: Ratings, user: int, item: int) -> tuple[float, pd.Timestamp | None] | None:
    """The rating of that user for that movie (indices), in stars, and its time; None where there is none."""
    rows = np.flatnonzero((ratings.user_idx == user) & (ratings.item_idx == item))
    if not len(rows):
        return None
    time = None if ratings.timestamp is None else pd.Timestamp(int(ratings.timestamp[rows[0]]), unit="s", tz="UTC")
    return float(ratings.rating[rows[0]]), time
