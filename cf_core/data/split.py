"""Splits the ratings into training and validation rows (lesson: "Collaborative filtering")."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cf_core.data import array_cache
from cf_core.data.array_cache import Kind
from cf_core.data.array_file import InPieces
from cf_core.data.chunks import chunks_of
from cf_core.data.latest import last_of_each, latest
from cf_core.data.ratings import Ratings
from cf_core.data.shuffle import first_of_permutation
from cf_core.errors import ConfigError

SplitKind = Literal["random", "time", "last-k"]

CACHED_FROM = 2**22
"""Ratings. Fewer are split in a tenth of a second."""

_KIND = Kind(version=2, suffix=".split", n_kept=8)
"""Increase the version when the rows of any split change. Each takes 8 bytes per rating."""

_LARGEST_K = 1_000


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name}={value!r} is not a whole number. Choose one from {low} to {high}.")
    if not low <= value <= high:
        raise ConfigError(f"{name}={value} is out of range. Choose one from {low} to {high}.")


@dataclass(frozen=True)
class SplitConfig:
    """How to split; the defaults are the lesson's.

    Attributes:
        valid_fraction: share of the ratings that validate, between 0 and 1, both excluded.
        seed: of the shuffle, from 0 to 2³² - 1.
        kind: "random" shuffles all rows and validates on the first ones; "time" validates on the latest ratings;
            "last-k" on the last `k` ratings of each user, but never on all that a user has.
        k: from 1 to 1,000.
        inner: the training rows alone are split once more by the same rule, and the validation rows are left out of
            both parts: whatever is chosen by an inner split has not seen them.

    Raises:
        ConfigError: a value is out of range, or there is no such kind.
    """

    valid_fraction: float = 0.2
    seed: int = 42
    kind: SplitKind = "random"
    k: int = 5
    inner: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.valid_fraction, bool) or not isinstance(self.valid_fraction, int | float):
            raise ConfigError(f"valid_fraction={self.valid_fraction!r} is not a number. Choose one between 0 and 1.")
        if not 0 < self.valid_fraction < 1:
            raise ConfigError(f"valid_fraction={self.valid_fraction} is out of range. Choose one between 0 and 1.")
        _check_whole("seed", self.seed, 0, 2**32 - 1)
        _check_whole("k", self.k, 1, _LARGEST_K)
        if self.kind not in get_args(SplitKind):
            raise ConfigError(
                f"kind={self.kind!r} is not a kind of split. Choose one of: {', '.join(get_args(SplitKind))}."
            )
        if not isinstance(self.inner, bool):
            raise ConfigError(f"inner={self.inner!r} is neither true nor false. Choose one of the two.")


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers (int64) of the two parts; every row of the ratings is in exactly one, those that an inner split
    leaves out in none.

    Attributes:
        train_rows: in file order.
        valid_rows: in the order of the shuffle ("random") or of time ("time"), or by user and then time ("last-k").
        n_unseen_items: validation rows whose item has no training row.
        n_unseen_rows: validation rows whose user or item has no training row.
        known_mean: the mean of the training ratings where it has been computed before; None where it has not.
    """

    ratings: Ratings
    config: SplitConfig
    train_rows: NDArray[np.int64]
    valid_rows: NDArray[np.int64]
    n_unseen_items: int
    n_unseen_rows: int
    known_mean: float | None = None

    @cached_property
    def train_mean(self) -> float:
        """μ: mean of the training ratings, stars, summed in float64."""
        if self.known_mean is not None:
            return self.known_mean
        return float(self.ratings.rating[self.train_rows].mean(dtype=np.float64))


_LESSON = SplitConfig()


def split_ratings(ratings: Ratings, config: SplitConfig = _LESSON) -> Split:
    """Split the rows of `ratings` into training and validation rows. That of large data is computed once on a machine,
    and from then on mapped from the cache (see `array_cache.py`), where nobody can write into it.

    Raises:
        ConfigError: one of the two parts would be empty, or the kind needs timestamps and the data have none.
    """
    if ratings.n_ratings < CACHED_FROM or ratings.fingerprint is None:
        return _parts(ratings, config).split()
    key = f"{ratings.fingerprint}-{sha256(json.dumps(asdict(config)).encode()).hexdigest()[:16]}"
    arrays = array_cache.load(_KIND, key, f"'{ratings.name}' is split again")
    if arrays is None:
        parts = _parts(ratings, config)
        arrays = array_cache.save(_KIND, key, parts.arrays(), f"'{ratings.name}' will be split the next time too")
        if arrays is None:
            return parts.split()
    train_rows, valid_rows, counts, mean = arrays
    return Split(ratings, config, train_rows, valid_rows, *counts.tolist(), *mean.tolist())


_LEFT_OUT, _TRAIN, _VALID = range(3)


@dataclass(frozen=True, eq=False)
class _Parts:
    """A split whose training rows are not written down yet: of large data they go straight into the cache, because to
    have them in memory takes longer than to find them.

    Attributes:
        of_row: the part of each rating, uint8, shape (n_ratings,).
        valid_rows: see `Split`.
    """

    ratings: Ratings
    config: SplitConfig
    of_row: NDArray[np.uint8]
    valid_rows: NDArray[np.int64]

    def split(self) -> Split:
        """With all rows in memory."""
        train_rows = np.concatenate([*self._rows(_TRAIN)])
        return Split(self.ratings, self.config, train_rows, self.valid_rows, *self._count_unseen())

    def arrays(self) -> list[NDArray[Any] | InPieces]:
        """For the cache: training rows, validation rows, how many of these are unseen, and the training mean."""
        is_train, rating = self.of_row == _TRAIN, self.ratings.rating
        n_train = int(np.count_nonzero(is_train))
        stars = sum(rating[some][is_train[some]].sum(dtype=np.float64) for some in chunks_of(len(rating)))
        train_rows = InPieces(n_train, self._rows(_TRAIN))
        return [train_rows, self.valid_rows, np.array(self._count_unseen()), np.array([stars / n_train])]

    def _rows(self, part: int) -> Iterator[NDArray[np.int64]]:
        """The rows of a part in file order, chunk by chunk."""
        return (np.flatnonzero(self.of_row[some] == part) + some.start for some in chunks_of(len(self.of_row)))

    def _count_unseen(self) -> tuple[int, int]:
        """Validation rows whose item has no training row, and those whose user or item has none."""
        users, items = self.ratings.user_idx, self.ratings.item_idx
        new_user, new_item = self._is_new(users, self.ratings.n_users), self._is_new(items, self.ratings.n_items)
        n_items = n_rows = 0
        for rows in self._rows(_VALID):
            of_new_item = new_item[items[rows]]
            n_items += int(np.count_nonzero(of_new_item))
            n_rows += int(np.count_nonzero(of_new_item | new_user[users[rows]]))
        return n_items, n_rows

    def _is_new(self, index: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
        """Which of n users, or items, have no training row."""
        n_train = np.zeros(n, dtype=np.int64)
        for some in chunks_of(len(index)):
            others = np.flatnonzero(self.of_row[some] != _TRAIN)  # which are few
            n_train += np.bincount(index[some], minlength=n) - np.bincount(index[some][others], minlength=n)
        is_new: NDArray[np.bool_] = n_train == 0
        return is_new


def _parts(ratings: Ratings, config: SplitConfig) -> _Parts:
    of_row = np.full(ratings.n_ratings, _TRAIN, dtype=np.uint8)
    valid_rows = _validation_rows(ratings, None, config)
    if config.inner:
        of_row[valid_rows] = _LEFT_OUT
        valid_rows = _validation_rows(ratings, np.flatnonzero(of_row), config)
    of_row[valid_rows] = _VALID
    return _Parts(ratings, config, of_row, valid_rows)


Rows = NDArray[np.int64] | None
"""Row numbers in file order; None for all, which need not be written down: of large data that takes half a second."""


def _validation_rows(ratings: Ratings, rows: Rows, config: SplitConfig) -> NDArray[np.int64]:
    """Those of the rows to validate on, in the order of `Split`."""
    n_rows = ratings.n_ratings if rows is None else len(rows)
    if config.kind == "last-k":
        times = _times(ratings, rows)
        positions = last_of_each(_at(rows, ratings.user_idx), ratings.n_users, times, config.k)
        if not len(positions):
            raise ConfigError(
                "Every user has a single rating, so there is none to validate on. Choose the random split."
            )
    else:
        n_valid = int(config.valid_fraction * n_rows)
        if not 0 < n_valid < n_rows:
            raise ConfigError(
                f"valid_fraction={config.valid_fraction} of {n_rows:,} ratings leaves one part of the split"
                " empty. Choose a fraction nearer to a half."
            )
        if config.kind == "time":
            positions = latest(_times(ratings, rows), n_valid)
        else:  # the lesson's `get_cv_idxs`
            positions = first_of_permutation(n_rows, n_valid, config.seed)
    positions = positions.astype(np.int64, copy=False)
    return positions if rows is None else rows[positions]


def _times(ratings: Ratings, rows: Rows) -> NDArray[np.int64]:
    if ratings.timestamp is None:
        raise ConfigError(f"'{ratings.name}' has no timestamps to split by. Choose the random split.")
    return _at(rows, ratings.timestamp)


def _at(rows: Rows, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values of the rows: not copied where these are all rows."""
    return values if rows is None else values[rows]
