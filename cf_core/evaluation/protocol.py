"""Who is to be ranked for whom: the one protocol that every ranker of a split is judged by."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cf_core.data.split import Split
from cf_core.errors import ConfigError

CELLS_AT_ONCE = 2_000_000
"""User × item scores in memory at a time: 16 MB an array."""

THRESHOLD = 4.0
"""From how many stars on a validation rating counts as a hit."""


@dataclass(frozen=True, eq=False)
class RankingTask:
    """What the rankers of a split have to do: for each of `users`, find the relevant among the candidates.

    Candidates are all items with a training rating that the user has not rated in training. Relevant are validation
    ratings of at least `threshold` stars whose item is a candidate.

    Attributes:
        threshold: stars.
        users: indices of the users with at least one relevant item, ascending.
        items: indices of the items with a training rating, those with most of them first, ties by index: equal scores
            are ranked in this order.
        n_train_by_item: (n_items,) number of training ratings.
        rated: (n_users, n_items), which cells have a training rating.
        relevant: (n_users, n_items), which cells are relevant.
    """

    threshold: float
    users: NDArray[np.int64]
    items: NDArray[np.int64]
    n_train_by_item: NDArray[np.int64]
    rated: sparse.csr_matrix
    relevant: sparse.csr_matrix

    @classmethod
    def of(cls, split: Split, threshold: float = THRESHOLD) -> "RankingTask":
        """The task on `split`.

        Raises:
            ConfigError: no user has a relevant item, so that there is nothing to find.
        """
        ratings, train, valid = split.ratings, split.train_rows, split.valid_rows
        n_train = np.bincount(ratings.item_idx[train], minlength=ratings.n_items)
        items = np.argsort(-n_train, kind="stable")[: np.count_nonzero(n_train)]
        liked = valid[(ratings.rating[valid] >= threshold) & (n_train[ratings.item_idx[valid]] > 0)]
        relevant = _cells(split, liked)
        users = np.flatnonzero(np.diff(relevant.indptr))
        if not len(users):
            raise ConfigError(
                f"No validation rating of a movie that was trained on has {threshold:g} stars or more, so there is "
                "nothing to find. Choose a lower threshold."
            )
        return cls(threshold, users, items, n_train, rated_cells(split), relevant)

    @property
    def n_relevant(self) -> NDArray[np.int64]:
        """(n_users,) how many relevant items each of `users` has, at least 1."""
        counts: NDArray[np.int64] = np.diff(self.relevant.indptr)[self.users].astype(np.int64)
        return counts

    def blocks(self) -> Iterator[NDArray[np.int64]]:
        """`users` in parts whose scores fit into memory."""
        size = max(1, CELLS_AT_ONCE // self.rated.shape[1])
        for start in range(0, len(self.users), size):
            yield self.users[start : start + size]


def rated_cells(split: Split) -> sparse.csr_matrix:
    """X, (n_users, n_items) of float64: 1 where a user has a training rating of an item, whatever the stars."""
    return _cells(split, split.train_rows)


def _cells(split: Split, rows: NDArray[np.int64]) -> sparse.csr_matrix:
    ratings = split.ratings
    where = ratings.user_idx[rows], ratings.item_idx[rows]
    return sparse.csr_matrix((np.ones(len(rows)), where), shape=(ratings.n_users, ratings.n_items))
