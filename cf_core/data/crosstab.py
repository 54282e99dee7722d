"""The corner of the ratings that one can look at: the busiest users by the most rated items, blanks kept.

Nothing in here draws.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError


def busiest_users(ratings: Ratings, n: int) -> NDArray[np.int64]:
    """Indices of the n users with the most ratings, most first, ties by raw id; all users where n is larger.

    Raises:
        ConfigError: n is not a whole number of 1 or more.
    """
    return by_count(ratings.users, ratings.user_idx)[: _checked("n_users", n)]


def most_rated_items(ratings: Ratings, n: int) -> NDArray[np.int64]:
    """Indices of the n items with the most ratings, most first, ties by raw id; all items where n is larger.

    Raises:
        ConfigError: n is not a whole number of 1 or more.
    """
    return by_count(ratings.items, ratings.item_idx)[: _checked("n_items", n)]


def crosstab(ratings: Ratings, n_users: int = 15, n_items: int = 15) -> pd.DataFrame:
    """Ratings of the busiest users for the most rated items, in stars (float32), NaN where there is none.

    Rows are raw user ids (index `user_id`), columns raw item ids (`item_id`), both ascending; the shape is
    (n_users, n_items), or less where the data have less.

    Raises:
        ConfigError: n_users or n_items is not a whole number of 1 or more.
    """
    users = _by_raw_id(ratings.users, busiest_users(ratings, n_users))
    items = _by_raw_id(ratings.items, most_rated_items(ratings, n_items))
    row, column = _places(users, ratings.n_users)[ratings.user_idx], _places(items, ratings.n_items)[ratings.item_idx]
    inside = (row >= 0) & (column >= 0)
    cells = np.full((len(users), len(items)), np.nan, dtype=np.float32)
    cells[row[inside], column[inside]] = ratings.rating[inside]
    return pd.DataFrame(
        cells,
        index=pd.Index(ratings.users.raw_of(users), name="user_id"),
        columns=pd.Index(ratings.items.raw_of(items), name="item_id"),
    )


def by_count(ids: IdMap, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """All indices by the number of their ratings, most first, ties by raw id ascending."""
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(ids.ids)] = np.arange(len(ids))
    return np.lexsort((rank, -np.bincount(index, minlength=len(ids)))).astype(np.int64)


def _by_raw_id(ids: IdMap, index: NDArray[np.int64]) -> NDArray[np.int64]:
    return index[np.argsort(ids.raw_of(index))]


def _places(chosen: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Where in `chosen` each of n indices stands, -1 where it does not."""
    places = np.full(n, -1, dtype=np.int64)
    places[chosen] = np.arange(len(chosen))
    return places


def _checked(name: str, n: int) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ConfigError(f"{name}={n!r} is not a whole number of 1 or more. Choose one.")
    return int(n)
