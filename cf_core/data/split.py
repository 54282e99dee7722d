"""Which ratings train a model and which judge it: two lists of row numbers. Nothing in here copies a rating."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError

SplitKind = Literal["random", "time", "last-k"]

_LARGEST_K = 1_000


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError(f"{name}={value!r} is not a whole number. Choose one from {low} to {high}.")
    if not low <= value <= high:
        raise ConfigError(f"{name}={value} is out of range. Choose one from {low} to {high}.")


@dataclass(frozen=True)
class SplitConfig:
    """How to split; the defaults are the lesson's.

    `kind` "random" shuffles all rows with `seed` and holds back the share `valid_fraction`; "time" holds back that
    share of the latest ratings; "last-k" holds back the last `k` ratings of each user, but never all that a user has.
    `valid_fraction` lies between 0 and 1, both excluded; `seed` from 0 to 2³² - 1; `k` from 1 to 1,000.

    Raises:
        ConfigError: a value out of its range, or a kind that does not exist.
    """

    valid_fraction: float = 0.2
    seed: int = 42
    kind: SplitKind = "random"
    k: int = 5

    def __post_init__(self) -> None:
        if isinstance(self.valid_fraction, bool) or not isinstance(self.valid_fraction, int | float):
            raise ConfigError(f"valid_fraction={self.valid_fraction!r} is not a number. Choose one between 0 and 1.")
        if not 0 < self.valid_fraction < 1:
            raise ConfigError(f"valid_fraction={self.valid_fraction} is out of range. Choose one between 0 and 1.")
        _check_whole("seed", self.seed, 0, 2**32 - 1)
        _check_whole("k", self.k, 1, _LARGEST_K)
        if self.kind not in get_args(SplitKind):
            raise ConfigError(
                f"kind={self.kind!r} is no kind of split. Choose one of: {', '.join(get_args(SplitKind))}."
            )


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers (int64) of the two parts; every row of the ratings is in exactly one.

    `train_rows` stand in file order; `valid_rows` in the order of the shuffle ("random"), of time ("time"), or user by
    user and each in time ("last-k"). `n_unseen_users` and `n_unseen_items` count the validation rows whose user, or
    item, has no training row; `n_unseen_rows` those where either has none.
    """

    ratings: Ratings
    config: SplitConfig
    train_rows: NDArray[np.int64]
    valid_rows: NDArray[np.int64]
    n_unseen_users: int
    n_unseen_items: int
    n_unseen_rows: int


_LESSON = SplitConfig()


def split_ratings(ratings: Ratings, config: SplitConfig = _LESSON) -> Split:
    """Split the rows of `ratings` in two.

    Raises:
        ConfigError: one of the two parts would have no row, or the data have no timestamps and the kind needs them.
    """
    valid_rows = _validation_rows(ratings, config).astype(np.int64)
    is_train = np.ones(ratings.n_ratings, dtype=np.bool_)
    is_train[valid_rows] = False
    train_rows = np.flatnonzero(is_train).astype(np.int64)
    unseen_user = _unseen(ratings.user_idx, ratings.n_users, train_rows, valid_rows)
    unseen_item = _unseen(ratings.item_idx, ratings.n_items, train_rows, valid_rows)
    counts = [int(np.count_nonzero(unseen)) for unseen in (unseen_user, unseen_item, unseen_user | unseen_item)]
    return Split(ratings, config, train_rows, valid_rows, *counts)


def _validation_rows(ratings: Ratings, config: SplitConfig) -> NDArray[np.int64]:
    if config.kind == "last-k":
        return _last_of_each_user(ratings, config.k)
    n_valid = int(config.valid_fraction * ratings.n_ratings)
    if not 0 < n_valid < ratings.n_ratings:
        raise ConfigError(
            f"valid_fraction={config.valid_fraction} of {ratings.n_ratings:,} ratings leaves one part of the split"
            " empty. Choose a fraction nearer to a half."
        )
    if config.kind == "time":
        return _by_time(ratings)[-n_valid:]
    # As fast.ai's `get_cv_idxs`: NumPy's legacy generator, whose numbers never change.
    return np.random.RandomState(config.seed).permutation(ratings.n_ratings)[:n_valid]


def _by_time(ratings: Ratings) -> NDArray[np.int64]:
    """All rows, the earliest first; rows of the same second in file order."""
    if ratings.timestamp is None:
        raise ConfigError(f"'{ratings.name}' has no timestamps to split by. Choose the random split.")
    return np.argsort(ratings.timestamp, kind="stable").astype(np.int64)


def _last_of_each_user(ratings: Ratings, k: int) -> NDArray[np.int64]:
    in_time = _by_time(ratings)
    rows = in_time[np.argsort(ratings.user_idx[in_time], kind="stable")]  # user by user, each in time
    users, n_ratings = ratings.user_idx[rows], np.bincount(ratings.user_idx, minlength=ratings.n_users)
    n_later = np.cumsum(n_ratings)[users] - 1 - np.arange(len(rows))
    valid_rows = rows[n_later < np.minimum(k, n_ratings - 1)[users]]
    if not len(valid_rows):
        raise ConfigError(
            "Every user has a single rating, so that there is none to hold back. Choose the random split."
        )
    return valid_rows


def _unseen(
    index: NDArray[np.int64], n: int, train_rows: NDArray[np.int64], valid_rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """For each validation row whether its user, or item, has no training row, shape (n_valid,)."""
    is_seen = np.zeros(n, dtype=np.bool_)
    is_seen[index[train_rows]] = True
    return ~is_seen[index[valid_rows]]
