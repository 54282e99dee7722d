"""Summarises a data set: counts, histograms, activity over time, means and spreads, long tails."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.crosstab import busiest_users, by_count, most_rated_items
from cf_core.data.profile import rating_of
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError


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
    """Count ratings, users and movies, and say how sparse the table is and what time it spans."""
    first, last = None, None
    if ratings.timestamp is not None:
        first, last = _time(ratings.timestamp.min()), _time(ratings.timestamp.max())
    return Counts(ratings.n_ratings, ratings.n_users, ratings.n_items, 1 - ratings.density, first, last)


@dataclass(frozen=True)
class Leaders:
    """The most rated movie and the busiest user (raw ids, ties by id), their numbers of ratings, and the user's rating
    of the movie in stars, None where the cell is blank."""

    item_id: Any
    title: str
    n_item_ratings: int
    user_id: Any
    n_user_ratings: int
    rating: float | None


def leaders(ratings: Ratings) -> Leaders:
    """Find the most rated movie and the busiest user."""
    user, item = int(busiest_users(ratings, 1)[0]), int(most_rated_items(ratings, 1)[0])
    known = rating_of(ratings, user, item)
    return Leaders(
        item_id=ratings.items.ids[item],
        title=ratings.item_table["title"].iloc[item],
        n_item_ratings=int(np.count_nonzero(ratings.item_idx == item)),
        user_id=ratings.users.ids[user],
        n_user_ratings=int(np.count_nonzero(ratings.user_idx == user)),
        rating=None if known is None else known[0],
    )


def rating_histogram(ratings: Ratings) -> pd.DataFrame:
    """How often each rating value occurs: rating (stars, ascending), n_ratings."""
    values, n_ratings = np.unique(ratings.rating, return_counts=True)
    return pd.DataFrame({"rating": values, "n_ratings": n_ratings})


def long_tail(ratings: Ratings, of: Literal["user", "item"]) -> pd.DataFrame:
    """Users or movies by the number of their ratings, most first, ties by raw id.

    Columns: rank (from 1), id (raw), title (movies only), n_ratings, and share_cumulative, the share of all ratings
    that belong to this row and those above it.
    """
    is_user = of == "user"
    ids, index = (ratings.users, ratings.user_idx) if is_user else (ratings.items, ratings.item_idx)
    order = by_count(ids, index)
    n_ratings = np.bincount(index, minlength=len(ids))[order]
    tail = pd.DataFrame({"rank": np.arange(1, len(ids) + 1), "id": ids.raw_of(order)})
    if not is_user:
        tail["title"] = ratings.item_table["title"].iloc[order].to_numpy()
    return tail.assign(n_ratings=n_ratings, share_cumulative=np.cumsum(n_ratings) / ratings.n_ratings)


def top_share(tail: pd.DataFrame, percent: float) -> tuple[int, float]:
    """How many users or movies are the top `percent` of a long tail (rounded up, at least one), and their share of all
    ratings (0 to 1).

    Raises:
        ConfigError: percent is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise ConfigError(f"percent={percent} is out of range. Choose above 0 and at most 100.")
    n = math.ceil(round(len(tail) * percent / 100, 9))
    return n, float(tail["share_cumulative"].iloc[n - 1])


def activity(ratings: Ratings) -> pd.DataFrame:
    """Ratings given in each calendar month (UTC) from the first to the last: month, n_ratings. Months without ratings
    are included; without timestamps it is empty."""
    month, first = month_of(ratings)
    n_ratings = np.bincount(month)
    return pd.DataFrame({"month": months_from(first, len(n_ratings)), "n_ratings": n_ratings})


def month_of(ratings: Ratings) -> tuple[NDArray[np.int64], int]:
    """The calendar month (UTC) of each rating, counted from 0 for the first that occurs, and the number of that first
    month since January 1970. Without timestamps the array is empty."""
    if ratings.timestamp is None:
        return np.empty(0, dtype=np.int64), 0
    month = ratings.timestamp.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    first = int(month.min())
    return month - first, first


def months_from(first: int, n: int) -> NDArray[np.datetime64]:
    """The first days of n months as datetime64[s], starting `first` months after January 1970."""
    return (first + np.arange(n)).astype("datetime64[M]").astype("datetime64[s]")


def user_spread(ratings: Ratings) -> pd.DataFrame:
    """Each user's mean and spread, index order: user_id, n_ratings, mean_rating, std_rating (stars).

    The spread is the standard deviation over the user's own ratings, √(Σ (r - mean)² / n); 0 where all are equal.
    """
    stats, index = ratings.user_stats(), ratings.user_idx
    mean = stats["mean_rating"].to_numpy()
    squares = np.bincount(index, (ratings.rating - mean[index]) ** 2, minlength=ratings.n_users)
    return stats.assign(std_rating=np.sqrt(squares / stats["n_ratings"].to_numpy()))


def by_genre(ratings: Ratings) -> pd.DataFrame:
    """Each genre with its ratings, most first, ties by name: genre, n_ratings, mean_rating (stars), n_items. A movie of
    several genres counts in each."""
    listed, combinations = pd.factorize(ratings.item_table["genres"])
    sums = _sums(listed[ratings.item_idx], ratings.rating, np.bincount(listed))
    genre = pd.Series(combinations).str.split("|").explode()
    by_name = sums.iloc[genre.index].groupby(genre.to_numpy()).sum().rename_axis("genre").reset_index()
    ordered = by_name.sort_values(["n_ratings", "genre"], ascending=[False, True], ignore_index=True)
    return _with_mean(ordered, "genre")


def by_year(ratings: Ratings) -> pd.DataFrame:
    """Each year of release with its ratings, ascending: year, n_ratings, mean_rating (stars), n_items. Movies without a
    year are left out."""
    year = ratings.item_table["year"].fillna(0).to_numpy(dtype=np.int64)
    sums = _sums(year[ratings.item_idx], ratings.rating, np.bincount(year)).rename_axis("year").reset_index()
    return _with_mean(sums[(sums["n_ratings"] > 0) & (sums["year"] > 0)].reset_index(drop=True), "year")


def _sums(group: NDArray[np.int64], rating: NDArray[np.float32], n_items: NDArray[np.int64]) -> pd.DataFrame:
    """Ratings, stars and items of each group, numbered from 0."""
    n_ratings = np.bincount(group, minlength=len(n_items))
    stars = np.bincount(group, rating, minlength=len(n_items))
    return pd.DataFrame({"n_ratings": n_ratings, "stars": stars, "n_items": n_items})


def _with_mean(sums: pd.DataFrame, name: str) -> pd.DataFrame:
    return sums.assign(mean_rating=sums["stars"] / sums["n_ratings"])[[name, "n_ratings", "mean_rating", "n_items"]]


def _time(seconds: np.int64) -> pd.Timestamp:
    return pd.Timestamp(int(seconds), unit="s", tz="UTC")
