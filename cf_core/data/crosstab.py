"""The crosstab: the ratings of the busiest users for the most rated items."""

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError

Order = Literal["id", "count", "mean", "similarity"]


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


def crosstab(ratings: Ratings, n_users: int = 15, n_items: int = 15, order: Order = "id") -> pd.DataFrame:
    """Tabulate busiest users by most rated items (lesson: "Collaborative filtering using fast.ai").

    Cells are ratings in stars (float32), NaN where there is none. Rows are raw user ids (index `user_id`), columns raw
    item ids (`item_id`); the shape is (n_users, n_items), or smaller where the data have fewer.

    Args:
        order: of both rows and columns. "id": raw ids ascending, as in the lesson; "count": most ratings first; "mean":
            highest mean of all their ratings first; "similarity": similar rows, and columns, side by side (see
            `by_similarity`). Ties are broken by count, then by raw id.

    Raises:
        ConfigError: n_users or n_items is not a whole number of 1 or more, or there is no such order.
    """
    if order not in get_args(Order):
        raise ConfigError(f"order={order!r} is not known. Choose one of: {', '.join(get_args(Order))}.")
    users, items = busiest_users(ratings, n_users), most_rated_items(ratings, n_items)
    if order == "id":
        users, items = _by_raw_id(ratings.users, users), _by_raw_id(ratings.items, items)
    elif order == "mean":
        users = _by_mean(ratings.user_stats(), users)
        items = _by_mean(ratings.item_stats(), items)
    elif order == "similarity":
        cells = _cells(ratings, users, items, ratings.rating)
        users, items = users[by_similarity(cells)], items[by_similarity(cells.T)]
    return pd.DataFrame(
        _cells(ratings, users, items, ratings.rating),
        index=pd.Index(ratings.users.raw_of(users), name="user_id"),
        columns=pd.Index(ratings.items.raw_of(items), name="item_id"),
    )


def rated_when(ratings: Ratings, table: pd.DataFrame) -> pd.DataFrame | None:
    """When each rating of a crosstab was given, as datetime64[s] (UTC), NaT where there is none; None where the data
    have no timestamps."""
    if ratings.timestamp is None:
        return None
    users, items = ratings.users.index_of(table.index.to_numpy()), ratings.items.index_of(table.columns.to_numpy())
    seconds = _cells(ratings, users, items, ratings.timestamp.astype(np.float64))
    known = ~np.isnan(seconds)
    when = np.full(seconds.shape, np.datetime64("NaT", "s"))
    when[known] = seconds[known].astype(np.int64).astype("datetime64[s]")
    return pd.DataFrame(when, index=table.index, columns=table.columns)


def by_similarity(cells: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Positions of the rows of `cells`, starting with the first, each followed by the remaining row most similar to it;
    ties in the order given.

    Similarity is the cosine of two rows' deviations from their own means; blanks (NaN) count as no deviation.
    """
    known = ~np.isnan(cells)
    values = np.where(known, cells, 0).astype(np.float64)
    means = values.sum(1, keepdims=True) / np.maximum(known.sum(1, keepdims=True), 1)
    deviations = np.where(known, values - means, 0)
    norms = np.linalg.norm(deviations, axis=1, keepdims=True)
    directions = np.divide(deviations, norms, out=np.zeros_like(deviations), where=norms > 1e-12)
    similarity = (directions @ directions.T).round(12)
    chain, left = [0], list(range(1, len(cells)))
    while left:
        nearest = max(left, key=lambda row: similarity[chain[-1], row])
        chain.append(nearest)
        left.remove(nearest)
    return np.array(chain, dtype=np.int64)


def by_count(ids: IdMap, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """All indices by the number of their ratings, most first, ties by raw id ascending."""
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(ids.ids)] = np.arange(len(ids))
    return np.lexsort((rank, -np.bincount(index, minlength=len(ids)))).astype(np.int64)


def _by_raw_id(ids: IdMap, index: NDArray[np.int64]) -> NDArray[np.int64]:
    return index[np.argsort(ids.raw_of(index))]


def _by_mean(stats: pd.DataFrame, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """`index` by mean rating, highest first; ties stay in the order given."""
    return index[np.argsort(-stats["mean_rating"].to_numpy()[index], kind="stable")]


def _cells(
    ratings: Ratings, users: NDArray[np.int64], items: NDArray[np.int64], values: NDArray[Any]
) -> NDArray[np.floating[Any]]:
    """The value of each rating in the cells of users × items, NaN where there is none."""
    row = _positions(users, ratings.n_users)[ratings.user_idx]
    column = _positions(items, ratings.n_items)[ratings.item_idx]
    inside = (row >= 0) & (column >= 0)
    cells = np.full((len(users), len(items)), np.nan, dtype=values.dtype)
    cells[row[inside], column[inside]] = values[inside]
    return cells


def _positions(selected: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The position in `selected` of each of n indices, -1 where it is not in there."""
    positions = np.full(n, -1, dtype=np.int64)
    positions[selected] = np.arange(len(selected))
    return positions


def _checked(name: str, n: int) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ConfigError(f"{name}={n!r} is not a whole number of 1 or more. Choose one.")
    return int(n)
