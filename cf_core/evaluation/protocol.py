"""Who is to be ranked for whom: the one protocol that every ranker of a split is judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cf_core.data.ratings import Ratings
from cf_core.data.split import Split
from cf_core.data.split_summary import item_counts
from cf_core.errors import ConfigError

CELLS_AT_ONCE = 2_000_000
"""User × item scores in memory at a time: 16 MB an array."""

THRESHOLD = 4.0
"""From how many stars on a validation rating counts as liked."""


def usual_threshold(ratings: Ratings) -> float:
    """From which rating on a validation rating counts as liked where nobody has chosen, a rating that occurs: of stars
    the nearest to `THRESHOLD`, the higher of two. On another scale the highest that half of the ratings reach, as 52 %
    of the lesson's reach 4 stars; but not the lowest of all, which everybody reaches.
    """
    values, counts = np.unique(ratings.rating, return_counts=True)
    if ratings.words.unit == "stars":
        return float(min(values.tolist(), key=lambda value: (abs(value - THRESHOLD), -value)))
    reach = counts[::-1].cumsum()[::-1] / ratings.n_ratings
    half = int(np.flatnonzero(reach >= 0.5)[-1])
    return float(values[max(half, min(1, len(values) - 1))])


@dataclass(frozen=True, eq=False)
class Candidates:
    """What may be shown to whom: to each user the items with a training rating that they have not rated in training.

    Attributes:
        items: indices of the items with a training rating, those with most of them first, ties by index: equal scores
            are ranked in this order.
        n_train_by_item: (n_items,) number of training ratings.
        split: what they are the candidates of.
    """

    items: NDArray[np.int64]
    n_train_by_item: NDArray[np.int64]
    split: Split

    @classmethod
    def of(cls, split: Split) -> "Candidates":
        """The candidates of `split`."""
        n_train = item_counts(split).n_train
        items = np.argsort(-n_train, kind="stable")[: np.count_nonzero(n_train)]
        return cls(items, n_train, split)

    @cached_property
    def rated(self) -> sparse.csr_matrix:
        """X, (n_users, n_items), 1 where a user has a training rating of an item, whatever the stars. It is made when
        it is asked for: of 32 million ratings it takes 0.4 GB, and a list for one person does without."""
        return _cells(self.split, self.split.train_rows)

    def blocks(self, users: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """`users` in parts whose scores fit into memory."""
        size = max(1, CELLS_AT_ONCE // self.rated.shape[1])
        for start in range(0, len(users), size):
            yield users[start : start + size]


@dataclass(frozen=True, eq=False)
class RankingTask:
    """What a ranker has to do: to put on top, for each of `users`, what they will like.

    Relevant are validation ratings of at least `threshold` stars whose item is a candidate.

    Attributes:
        threshold: stars.
        users: indices of the users with at least one relevant item, ascending.
        relevant: (n_users, n_items), 1 where an item is relevant.
    """

    candidates: Candidates
    threshold: float
    users: NDArray[np.int64]
    relevant: sparse.csr_matrix

    @classmethod
    def of(cls, split: Split, threshold: float = THRESHOLD, candidates: Candidates | None = None) -> "RankingTask":
        """The task on `split`.

        Args:
            candidates: those of the split, if they are known already.

        Raises:
            ConfigError: no user has a relevant item, so that there is nothing to find.
        """
        candidates = candidates or Candidates.of(split)
        ratings, valid = split.ratings, split.valid_rows
        is_candidate = candidates.n_train_by_item[ratings.item_idx[valid]] > 0
        relevant = _cells(split, valid[is_candidate & (ratings.rating[valid] >= threshold)])
        users = np.flatnonzero(np.diff(relevant.indptr))
        words = ratings.words
        if not len(users):
            raise ConfigError(
                f"No validation rating of {words.an_item} that was trained on has {words.value(threshold)} or more, so "
                "there is nothing to find. Choose a lower threshold."
            )
        return cls(candidates, threshold, users, relevant)

    @property
    def n_relevant(self) -> NDArray[np.int64]:
        """How many relevant items each of `users` has, at least 1."""
        counts: NDArray[np.int64] = np.diff(self.relevant.indptr)[self.users].astype(np.int64)
        return counts

    def relevant_of(self, user_idx: int) -> NDArray[np.int64]:
        """Indices of the relevant items of one user."""
        row = self.relevant.indices[self.relevant.indptr[user_idx] : self.relevant.indptr[user_idx + 1]]
        return np.sort(row).astype(np.int64)


def _cells(split: Split, rows: NDArray[np.int64]) -> sparse.csr_matrix:
    ratings = split.ratings
    where = ratings.user_idx[rows], ratings.item_idx[rows]
    return sparse.csr_matrix((np.ones(len(rows)), where), shape=(ratings.n_users, ratings.n_items))
