"""Which ratings train a model and which judge it: two lists of row numbers. Nothing in here copies a rating."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError


@dataclass(frozen=True)
class SplitConfig:
    """How to split: the share of rows held back for validation, and the seed of the shuffle.

    The defaults are the lesson's. `valid_fraction` lies between 0 and 1, both excluded; `seed` from 0 to 2³² - 1.

    Raises:
        ConfigError: a value out of its range.
    """

    valid_fraction: float = 0.2
    seed: int = 42

    def __post_init__(self) -> None:
        if isinstance(self.valid_fraction, bool) or not isinstance(self.valid_fraction, int | float):
            raise ConfigError(f"valid_fraction={self.valid_fraction!r} is not a number. Choose one between 0 and 1.")
        if not 0 < self.valid_fraction < 1:
            raise ConfigError(f"valid_fraction={self.valid_fraction} is out of range. Choose one between 0 and 1.")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise ConfigError(f"seed={self.seed!r} is not a whole number. Choose one from 0 to {2**32 - 1}.")
        if not 0 <= self.seed < 2**32:
            raise ConfigError(f"seed={self.seed} is out of range. Choose one from 0 to {2**32 - 1}.")


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers (int64) of the two parts; every row of the ratings is in exactly one.

    `train_rows` stand in file order, `valid_rows` in the order of the shuffle. `n_unseen_users` and `n_unseen_items`
    count the validation rows whose user, or item, has no training row; `n_unseen_rows` those where either has none.
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
    """Split as fast.ai's `get_cv_idxs` does: the first ⌊valid_fraction · n⌋ rows of a shuffle are the validation rows.

    The shuffle is the permutation of NumPy's legacy generator (`RandomState`), whose numbers never change.

    Raises:
        ConfigError: the fraction leaves one of the two parts without a row.
    """
    n_valid = int(config.valid_fraction * ratings.n_ratings)
    if not 0 < n_valid < ratings.n_ratings:
        raise ConfigError(
            f"valid_fraction={config.valid_fraction} of {ratings.n_ratings:,} ratings leaves one part of the split"
            " empty. Choose a fraction nearer to a half."
        )
    valid_rows = np.random.RandomState(config.seed).permutation(ratings.n_ratings)[:n_valid].astype(np.int64)
    is_train = np.ones(ratings.n_ratings, dtype=np.bool_)
    is_train[valid_rows] = False
    train_rows = np.flatnonzero(is_train).astype(np.int64)
    unseen_user = _unseen(ratings.user_idx, ratings.n_users, train_rows, valid_rows)
    unseen_item = _unseen(ratings.item_idx, ratings.n_items, train_rows, valid_rows)
    counts = [int(np.count_nonzero(unseen)) for unseen in (unseen_user, unseen_item, unseen_user | unseen_item)]
    return Split(ratings, config, train_rows, valid_rows, *counts)


def _unseen(
    index: NDArray[np.int64], n: int, train_rows: NDArray[np.int64], valid_rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """For each validation row whether its user, or item, has no training row, shape (n_valid,)."""
    is_seen = np.zeros(n, dtype=np.bool_)
    is_seen[index[train_rows]] = True
    return ~is_seen[index[valid_rows]]
