"""Splits the ratings into training and validation rows (lesson: "Collaborative filtering")."""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cf_core.data import array_cache
from cf_core.data.array_cache import Kind
from cf_core.data.chunks import chunks_of
from cf_core.data.ratings import Ratings
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
        return _split(ratings, config)
    key = f"{ratings.fingerprint}-{sha256(json.dumps(asdict(config)).encode()).hexdigest()[:16]}"
    arrays = array_cache.load(_KIND, key, f"'{ratings.name}' is split again")
    if arrays is None:
        split = _split(ratings, config)
        if not array_cache.save(_KIND, key, _arrays(split), f"'{ratings.name}' will be split the next time too"):
            return split
        arrays = array_cache.load(_KIND, key, f"'{ratings.name}' is in this process's own memory") or _arrays(split)
    train_rows, valid_rows, counts, mean = arrays
    return Split(ratings, config, train_rows, valid_rows, *counts.tolist(), *mean.tolist())


def _arrays(split: Split) -> list[NDArray[Any]]:
    counts = np.array([split.n_unseen_items, split.n_unseen_rows])
    return [split.train_rows, split.valid_rows, counts, np.array([split.train_mean])]


def _split(ratings: Ratings, config: SplitConfig) -> Split:
    rows: Rows = None
    train_rows, valid_rows = _parts(ratings, rows, config)
    if config.inner:
        rows = train_rows
        train_rows, valid_rows = _parts(ratings, rows, config)
    valid = _in_file_order(valid_rows, ratings.n_ratings)  # whose users and items are fetched one after the other
    unseen_user = _unseen(ratings.user_idx, ratings.n_users, rows, valid)
    unseen_item = _unseen(ratings.item_idx, ratings.n_items, rows, valid)
    return Split(
        ratings=ratings,
        config=config,
        train_rows=train_rows,
        valid_rows=valid_rows,
        n_unseen_items=int(np.count_nonzero(unseen_item)),
        n_unseen_rows=int(np.count_nonzero(unseen_user | unseen_item)),
    )


Rows = NDArray[np.int64] | None
"""Row numbers in file order; None for all, which need not be written down: of large data that takes half a second."""


def _parts(ratings: Ratings, rows: Rows, config: SplitConfig) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Those of `rows` to train on, in file order, and those to validate on."""
    valid_rows = _validation_rows(ratings, rows, config).astype(np.int64, copy=False)
    is_train = np.full(ratings.n_ratings, rows is None)
    if rows is not None:
        is_train[rows] = True
    is_train[valid_rows] = False
    return np.flatnonzero(is_train).astype(np.int64, copy=False), valid_rows


def _validation_rows(ratings: Ratings, rows: Rows, config: SplitConfig) -> NDArray[np.int64]:
    if config.kind == "last-k":
        return _last_of_each_user(ratings, rows, config.k)
    n_rows = ratings.n_ratings if rows is None else len(rows)
    n_valid = int(config.valid_fraction * n_rows)
    if not 0 < n_valid < n_rows:
        raise ConfigError(
            f"valid_fraction={config.valid_fraction} of {n_rows:,} ratings leaves one part of the split"
            " empty. Choose a fraction nearer to a half."
        )
    if config.kind == "time":
        return _latest(ratings, rows, n_valid)
    # The lesson's `get_cv_idxs`: NumPy's legacy generator, whose numbers never change.
    first = np.random.RandomState(config.seed).permutation(n_rows)[:n_valid]
    return first.copy() if rows is None else rows[first]  # a copy lets go of the others


def _latest(ratings: Ratings, rows: Rows, n: int) -> NDArray[np.int64]:
    """The last `n` of the rows, earliest first; rows of the same second in file order. It sorts these alone, which
    takes a quarter of the time that all would."""
    times = _at(rows, _timestamps(ratings))
    first = _nth_latest(times, n)
    later = np.flatnonzero(times > first)
    of_that_second = np.flatnonzero(times == first)[len(later) - n :]
    latest = _rows_at(rows, np.concatenate([of_that_second, later]))
    in_time: NDArray[np.int64] = latest[_stable_order(_timestamps(ratings)[latest])]
    return in_time


def _nth_latest(times: NDArray[np.int64], n: int) -> int:
    """`np.partition(times, -n)[-n]` without a copy of all: counts how many there are in each of some thousand stretches
    of time, and looks for it in the right one."""
    low, high = int(times.min()), int(times.max())
    shift = max(0, (high - low).bit_length() - 12)
    if high - low >= 2**62:
        return int(np.partition(times, -n)[-n])
    counts = np.zeros(2**13, dtype=np.int64)
    for chunk in chunks_of(len(times)):
        counts += np.bincount((times[chunk] - low) >> shift, minlength=len(counts))
    as_late = np.cumsum(counts[::-1])[::-1]  # in each stretch or after it
    stretch = int(np.flatnonzero(as_late >= n)[-1])
    after, before = low + ((stretch + 1) << shift), low + (stretch << shift)
    inside = np.concatenate([_between(times[chunk], before, after) for chunk in chunks_of(len(times))])
    nth = n - int(as_late[stretch] - counts[stretch])
    return int(np.partition(inside, -nth)[-nth])


def _between(times: NDArray[np.int64], first: int, end: int) -> NDArray[np.int64]:
    return times[(times >= first) & (times < end)]


def _stable_order(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """`np.argsort(times, kind="stable")`, in two thirds of the time: each time and its position in one number, all
    different, which are sorted as they are. Where times are too far apart for that, NumPy's own."""
    n_bits = max(1, (len(times) - 1).bit_length())
    if (int(times.max()) - int(times.min())) >> (63 - n_bits):
        return np.argsort(times, kind="stable")
    keys = ((times - times.min()) << n_bits) | np.arange(len(times))
    keys.sort()
    order: NDArray[np.int64] = keys & ((1 << n_bits) - 1)
    return order


def _last_of_each_user(ratings: Ratings, rows: Rows, k: int) -> NDArray[np.int64]:
    """The last `k` of each user's rows, or all but the first where there are no more: by user, earliest first."""
    users = _at(rows, ratings.user_idx)
    order = _by_user_and_time(users, ratings.n_users, _at(rows, _timestamps(ratings)))
    n_ratings = np.bincount(users, minlength=ratings.n_users)
    n_last = np.clip(n_ratings - 1, 0, k)
    if not n_last.any():
        raise ConfigError("Every user has a single rating, so there is none to validate on. Choose the random split.")
    nth_of_user = np.arange(n_last.sum()) - np.repeat(np.cumsum(n_last) - n_last, n_last)
    return _rows_at(rows, order[np.repeat(np.cumsum(n_ratings) - n_last, n_last) + nth_of_user])


def _timestamps(ratings: Ratings) -> NDArray[np.int64]:
    if ratings.timestamp is None:
        raise ConfigError(f"'{ratings.name}' has no timestamps to split by. Choose the random split.")
    return ratings.timestamp


def _at(rows: Rows, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values of the rows: not copied where these are all rows."""
    return values if rows is None else values[rows]


def _rows_at(rows: Rows, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row numbers at these positions among the rows."""
    return positions if rows is None else rows[positions]


def _by_user_and_time(users: NDArray[np.int64], n_users: int, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions by user, then by time, then ascending. One key has both, so that one sort does; on users who stand
    together, as in MovieLens, it is quick."""
    duration = int(times.max()) - int(times.min()) + 1
    if n_users * duration >= 2**63:
        return np.lexsort((times, users))
    keys = users * duration + (times - times.min())
    if np.all(users[1:] >= users[:-1]):
        return np.argsort(keys, kind="stable")
    together = _grouped(users, n_users)
    in_order: NDArray[np.int64] = together[np.argsort(keys[together], kind="stable")]
    return in_order


def _grouped(values: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Positions by value, then ascending; the values are 0 to n - 1. It counts instead of comparing: each value is the
    row of an entry in a sparse matrix, and its position the column."""
    from scipy.sparse import coo_array

    positions = np.arange(len(values))
    entries = coo_array((np.ones(len(values), dtype=np.bool_), (values, positions)), shape=(n, len(values)))
    grouped: NDArray[np.int64] = entries.tocsr().indices.astype(np.int64)
    return grouped


def _in_file_order(rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The rows, each of them from 0 to n - 1 and there once, ascending: for many it is quicker than to sort them."""
    is_one = np.zeros(n, dtype=np.bool_)
    is_one[rows] = True
    return np.flatnonzero(is_one)


def _unseen(index: NDArray[np.int64], n: int, rows: Rows, valid_rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each validation row whether its user, or item, has all its `rows` among them, and so no training row, shape
    (n_valid,)."""
    valid = index[valid_rows]
    n_training = np.bincount(_at(rows, index), minlength=n) - np.bincount(valid, minlength=n)
    is_unseen: NDArray[np.bool_] = n_training[valid] == 0
    return is_unseen
