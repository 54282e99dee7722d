"""The crosstab: the ratings of the busiest users for the most rated items."""

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.chunks import chunks_of
from cf_core.data.id_map import IdMap
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError

Order = Literal["id", "count", "mean", "similarity"]


def busiest_users(data: Ratings | Part, n: int) -> NDArray[np.int64]:
    """Indices of the n users with the most ratings, most first, ties by raw id; all users that have any where n is
    larger.

    Raises:
        ConfigError: n is not a whole number of 1 or more.
    """
    part = Part.of(data)
    return by_count(part.ratings.users, part.user_counts)[: _checked("n_users", n)]


def most_rated_items(data: Ratings | Part, n: int) -> NDArray[np.int64]:
    """Indices of the n items with the most ratings, most first, ties by raw id; all items that have any where n is
    larger.

    Raises:
        ConfigError: n is not a whole number of 1 or more.
    """
    part = Part.of(data)
    return by_count(part.ratings.items, part.item_counts)[: _checked("n_items", n)]


def crosstab(data: Ratings | Part, n_users: int = 15, n_items: int = 15, order: Order = "id") -> pd.DataFrame:
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
    part = Part.of(data)
    ratings = part.ratings
    users, items = busiest_users(part, n_users), most_rated_items(part, n_items)
    if order == "id":
        users, items = _by_raw_id(ratings.users, users), _by_raw_id(ratings.items, items)
    elif order == "mean":
        users = _by_mean(users, part.user_stars, part.user_counts)
        items = _by_mean(items, part.item_stars, part.item_counts)
    table = cells(part, users, items, ratings.rating)
    if order == "similarity":
        rows, columns = by_similarity(table), by_similarity(table.T)
        users, items, table = users[rows], items[columns], table[np.ix_(rows, columns)]
    return pd.DataFrame(
        table,
        index=pd.Index(ratings.users.raw_of(users), name="user_id"),
        columns=pd.Index(ratings.items.raw_of(items), name="item_id"),
    )


def rated_when(data: Ratings | Part, table: pd.DataFrame) -> pd.DataFrame | None:
    """When each rating of a crosstab was given, as datetime64[s] (UTC), NaT where there is none; None where the data
    have no timestamps."""
    part = Part.of(data)
    ratings = part.ratings
    if ratings.timestamp is None:
        return None
    users, items = ratings.users.index_of(table.index.to_numpy()), ratings.items.index_of(table.columns.to_numpy())
    seconds = cells(part, users, items, ratings.timestamp)
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


def by_count(ids: IdMap, n_ratings: NDArray[np.int64]) -> NDArray[np.int64]:
    """The indices that have a rating by the number of these, most first, ties by raw id ascending."""
    there = np.flatnonzero(n_ratings)
    by_id = there[np.argsort(ids.ids[there])]
    return by_id[np.argsort(-n_ratings[by_id], kind="stable")]


def _by_raw_id(ids: IdMap, index: NDArray[np.int64]) -> NDArray[np.int64]:
    return index[np.argsort(ids.raw_of(index))]


def _by_mean(index: NDArray[np.int64], stars: NDArray[np.float64], n_ratings: NDArray[np.int64]) -> NDArray[np.int64]:
    """`index` by mean rating, highest first; ties stay in the order given."""
    return index[np.argsort(-stars[index] / n_ratings[index], kind="stable")]


def cells(
    part: Part, users: NDArray[np.int64], items: NDArray[np.int64], values: NDArray[Any]
) -> NDArray[np.floating[Any]]:
    """The value (n_ratings,) of each rating of the part in the cells of users × items (indices), NaN where there is
    none; whole numbers as float64."""
    row_of, column_of = _positions(users, part.ratings.n_users), _positions(items, part.ratings.n_items)
    dtype = values.dtype if values.dtype.kind == "f" else np.float64
    table = np.full((len(users), len(items)), np.nan, dtype=dtype)
    user_idx, item_idx = part.ratings.user_idx, part.ratings.item_idx
    for rows in chunks_of(part.ratings.n_ratings):
        theirs = rows.start + np.flatnonzero(row_of[user_idx[rows]] >= 0)  # few, so that the rest costs next to nothing
        inside = part.among(theirs[column_of[item_idx[theirs]] >= 0])
        table[row_of[user_idx[inside]], column_of[item_idx[inside]]] = values[inside]
    return table


def _positions(selected: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The position in `selected` of each of n indices, -1 where it is not in there."""
    positions = np.full(n, -1, dtype=np.int64)
    positions[selected] = np.arange(len(selected))
    return positions


def _checked(name: str, n: int) -> int:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ConfigError(f"{name}={n!r} is not a whole number of 1 or more. Choose one.")
    return int(n)
