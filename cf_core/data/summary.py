"""Summarises a data set, or a part of it: counts, histograms, activity over time, means and spreads, long tails."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.crosstab import busiest_users, by_count, cells, most_rated_items
from cf_core.data.months import count_months, months_from
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError


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


def leaders(data: Ratings | Part) -> Leaders:
    """Find the most rated movie and the busiest user."""
    part = Part.of(data)
    ratings = part.ratings
    users, items = busiest_users(part, 1), most_rated_items(part, 1)
    known = float(cells(part, users, items, ratings.rating)[0, 0])
    return Leaders(
        item_id=ratings.items.ids[items[0]],
        title=ratings.item_table["title"].iloc[items[0]],
        n_item_ratings=int(part.item_counts[items[0]]),
        user_id=ratings.users.ids[users[0]],
        n_user_ratings=int(part.user_counts[users[0]]),
        rating=None if math.isnan(known) else known,
    )


def rating_histogram(data: Ratings | Part) -> pd.DataFrame:
    """How often each rating value occurs: rating (stars, ascending), n_ratings."""
    part = Part.of(data)
    occurs = part.value_counts > 0
    return pd.DataFrame({"rating": part.ratings.rating_values[occurs], "n_ratings": part.value_counts[occurs]})


def long_tail(data: Ratings | Part, of: Literal["user", "item"]) -> pd.DataFrame:
    """Users or movies by the number of their ratings, most first, ties by raw id.

    Columns: rank (from 1), id (raw), title (movies only), n_ratings, and share_cumulative, the share of all ratings
    that belong to this row and those above it.
    """
    part, is_user = Part.of(data), of == "user"
    ids, counts = (part.ratings.users, part.user_counts) if is_user else (part.ratings.items, part.item_counts)
    order = by_count(ids, counts)
    n_ratings = counts[order]
    tail = pd.DataFrame({"rank": np.arange(1, len(order) + 1), "id": ids.raw_of(order)})
    if not is_user:
        tail["title"] = part.ratings.item_table["title"].iloc[order].to_numpy()
    return tail.assign(n_ratings=n_ratings, share_cumulative=np.cumsum(n_ratings) / part.n_ratings)


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


def activity(data: Ratings | Part) -> pd.DataFrame:
    """Ratings given in each calendar month (UTC) from the first to the last: month, n_ratings. Months without ratings
    are included; without timestamps it is empty."""
    part = Part.of(data)
    if part.ratings.timestamp is None:
        return pd.DataFrame({"month": months_from(0, 0), "n_ratings": np.empty(0, dtype=np.int64)})
    n_ratings, first = count_months((times for (times,) in part.chunks(part.ratings.timestamp)), part.ratings.time_span)
    low, high = np.flatnonzero(n_ratings)[[0, -1]]
    return pd.DataFrame({"month": months_from(first + low, high - low + 1), "n_ratings": n_ratings[low : high + 1]})


def user_spread(data: Ratings | Part) -> pd.DataFrame:
    """Each user's mean and spread, index order: user_id, n_ratings, mean_rating, std_rating (stars).

    The spread is the standard deviation over the user's own ratings, √(Σ (r - mean)² / n); 0 where all are equal.
    """
    part = Part.of(data)
    ratings, there = part.ratings, np.flatnonzero(part.user_counts)
    mean = np.divide(part.user_stars, part.user_counts, out=np.zeros(ratings.n_users), where=part.user_counts > 0)
    squares = np.zeros(ratings.n_users)
    for users, rating in part.chunks(ratings.user_idx, ratings.rating):
        squares += np.bincount(users, (rating - mean[users]) ** 2, minlength=len(squares))
    return pd.DataFrame(
        {
            "user_id": ratings.users.ids[there],
            "n_ratings": part.user_counts[there],
            "mean_rating": mean[there],
            "std_rating": np.sqrt(squares[there] / part.user_counts[there]),
        }
    )


def by_genre(data: Ratings | Part) -> pd.DataFrame:
    """Each genre with its ratings, most first, ties by name: genre, n_ratings, mean_rating (stars), n_items. A movie of
    several genres counts in each."""
    part = Part.of(data)
    there = np.flatnonzero(part.item_counts)
    listed, combinations = pd.factorize(part.ratings.item_table["genres"].iloc[there])
    sums = _sums(part, there, listed)
    genre = pd.Series(combinations).str.split("|").explode()
    by_name = sums.iloc[genre.index].groupby(genre.to_numpy()).sum().rename_axis("genre").reset_index()
    ordered = by_name.sort_values(["n_ratings", "genre"], ascending=[False, True], ignore_index=True)
    return _with_mean(ordered, "genre")


def by_year(data: Ratings | Part) -> pd.DataFrame:
    """Each year of release with its ratings, ascending: year, n_ratings, mean_rating (stars), n_items. Movies without a
    year are left out."""
    part = Part.of(data)
    years = part.ratings.item_table["year"].fillna(0).to_numpy(dtype=np.int64)
    there = np.flatnonzero((part.item_counts > 0) & (years > 0))
    sums = _sums(part, there, years[there]).rename_axis("year").reset_index()
    return _with_mean(sums[sums["n_ratings"] > 0].reset_index(drop=True), "year")


def _sums(part: Part, items: NDArray[np.int64], group: NDArray[np.int64]) -> pd.DataFrame:
    """Ratings, stars and items of each group, numbered from 0, given the group of each of the items."""
    n_ratings, stars = np.zeros(group.max(initial=-1) + 1, dtype=np.int64), np.bincount(group, part.item_stars[items])
    np.add.at(n_ratings, group, part.item_counts[items])
    return pd.DataFrame({"n_ratings": n_ratings, "stars": stars, "n_items": np.bincount(group)})


def _with_mean(sums: pd.DataFrame, name: str) -> pd.DataFrame:
    return sums.assign(mean_rating=sums["stars"] / sums["n_ratings"])[[name, "n_ratings", "mean_rating", "n_items"]]
