"""A part of the ratings, counted where they lie: it has no rows of its own, so that a part of 32 million ratings takes
a few megabytes and less than a second."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cf_core.data.chunks import chunks_of
from cf_core.data.filters import Filters, passing_items
from cf_core.data.ratings import Ratings
from cf_core.words import Words


class _Tallies(NamedTuple):
    """Ratings of each user, ratings and stars of each item, and the ratings of each value."""

    of_user: NDArray[np.int64]
    of_item: NDArray[np.int64]
    stars: NDArray[np.float64]
    of_value: NDArray[np.int64]


ALL = Filters()


@dataclass(frozen=True, eq=False)
class Part:
    """The ratings that pass filters; all of them where none is set. Users and items keep their indices, those without a
    rating in the part, too. What is counted is cached: do not change it.

    Attributes:
        ratings: the whole data set.
        filters: what the part passes.

    Raises:
        UnknownIdError (from whatever counts): the user or item of the filters is not in the data.
    """

    ratings: Ratings
    filters: Filters = ALL

    @classmethod
    def of(cls, data: "Ratings | Part") -> "Part":
        """`data` itself where it is a part, or all ratings of it."""
        return data if isinstance(data, Part) else cls(data)

    @property
    def words(self) -> Words:
        return self.ratings.words

    @cached_property
    def n_ratings(self) -> int:
        return int(self.item_counts.sum())

    @cached_property
    def n_users(self) -> int:
        """How many users have a rating in the part."""
        return int(np.count_nonzero(self.user_counts))

    @cached_property
    def n_items(self) -> int:
        """How many items have a rating in the part."""
        return int(np.count_nonzero(self.item_counts))

    @property
    def density(self) -> float:
        """Share of the cells of its users × its items that have a rating."""
        return self.n_ratings / (self.n_users * self.n_items)

    @cached_property
    def global_mean(self) -> float:
        """Mean of its ratings, stars."""
        return float(self.item_stars.sum() / self.n_ratings)

    @property
    def user_counts(self) -> NDArray[np.int64]:
        """How many ratings each user of the whole has in the part, shape (ratings.n_users,)."""
        return self._tallies.of_user if self.filters.active() else self.ratings.user_stats()["n_ratings"].to_numpy()

    @property
    def item_counts(self) -> NDArray[np.int64]:
        """How many ratings each item of the whole has in the part, shape (ratings.n_items,)."""
        return self._tallies.of_item if self.filters.active() else self.ratings.item_stats()["n_ratings"].to_numpy()

    @property
    def item_stars(self) -> NDArray[np.float64]:
        """The sum of each item's ratings in the part, stars, shape (ratings.n_items,)."""
        return self._tallies.stars

    @property
    def value_counts(self) -> NDArray[np.int64]:
        """How often each of `ratings.rating_values` occurs in the part."""
        return self._tallies.of_value

    @cached_property
    def user_stars(self) -> NDArray[np.float64]:
        """The sum of each user's ratings in the part, stars, shape (ratings.n_users,)."""
        stars = np.zeros(self.ratings.n_users)
        for users, rating in self.chunks(self.ratings.user_idx, self.ratings.rating):
            stars += np.bincount(users, rating, minlength=len(stars))
        return stars

    def chunks(self, *columns: NDArray[Any]) -> Iterator[tuple[NDArray[Any], ...]]:
        """The values of columns of the whole (n_ratings,) in the rows that pass, in file order, chunk by chunk."""
        for rows in chunks_of(self.ratings.n_ratings):
            keep = self._passes(rows)
            yield tuple(column[rows] if keep is None else np.compress(keep, column[rows]) for column in columns)

    def among(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the rows that pass."""
        keep = self._passes(rows)
        return rows if keep is None else np.compress(keep, rows)

    @cached_property
    def _tallies(self) -> _Tallies:
        ratings, values = self.ratings, self.ratings.rating_values
        of_user, of_item = (np.zeros(n, dtype=np.int64) for n in (ratings.n_users, ratings.n_items))
        stars, of_value = np.zeros(ratings.n_items), np.zeros(len(values), dtype=np.int64)
        for users, items, rating in self.chunks(ratings.user_idx, ratings.item_idx, ratings.rating):
            of_user += np.bincount(users, minlength=len(of_user))
            of_item += np.bincount(items, minlength=len(of_item))
            stars += np.bincount(items, rating, minlength=len(stars))
            of_value += count_values(rating, values)
        return _Tallies(of_user, of_item, stars, of_value)

    @cached_property
    def _passes(self) -> "_Passes":
        return _Passes(self.ratings, self.filters)


def filtered(ratings: Ratings, filters: Filters) -> Part | None:
    """The ratings that pass; None where nothing passes.

    Raises:
        UnknownIdError: the user or item is not in the data.
    """
    part = Part(ratings, filters)
    return part if part.n_ratings else None


MOST_COMPARED = 64


def count_values(rating: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.int64]:
    """How often each of the `values`, ascending, occurs in `rating`, which holds no other. A few values are compared
    one by one, in a third of the time that sorting takes."""
    if len(values) <= MOST_COMPARED:
        return np.array([np.count_nonzero(rating == value) for value in values], dtype=np.int64)
    return np.bincount(np.searchsorted(values, rating), minlength=len(values))


class _Passes:
    """Whether rows pass filters."""

    def __init__(self, ratings: Ratings, filters: Filters) -> None:
        self._ratings, self._rating = ratings, None if filters.rating is None else np.float32(filters.rating)
        self._user, self._item = (
            None if raw is None else int(ids.index_of([raw])[0])
            for ids, raw in ((ratings.users, filters.user_id), (ratings.items, filters.item_id))
        )
        self._of_item = passing_items(ratings, filters)

    def __call__(self, rows: slice | NDArray[np.int64]) -> NDArray[np.bool_] | None:
        """Whether each of the rows passes; None where all rows do."""
        ratings, passes = self._ratings, []
        if self._user is not None:
            passes.append(ratings.user_idx[rows] == self._user)
        if self._item is not None:
            passes.append(ratings.item_idx[rows] == self._item)
        if self._rating is not None:
            passes.append(ratings.rating[rows] == self._rating)
        if self._of_item is not None:
            passes.append(self._of_item[ratings.item_idx[rows]])
        return np.logical_and.reduce(passes) if passes else None
