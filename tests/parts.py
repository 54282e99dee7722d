"""A part of a data set as ratings of its own, copied row by row: the plain way to what `cf_core.data.part` counts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf_core.data.filters import Filters, has_genre
from cf_core.data.id_map import IdMap, index_ids
from cf_core.data.ratings import Ratings


def take_rows(ratings: Ratings, rows: NDArray[np.int64]) -> Ratings:
    """The ratings of these rows, one or more, without a fingerprint, because no file holds them."""
    user_idx, users = index_ids(ratings.user_idx[rows])
    item_idx, items = index_ids(ratings.item_idx[rows])
    return Ratings(
        name=ratings.name,
        users=IdMap(ratings.users.ids[users], "user"),
        items=IdMap(ratings.items.ids[items], "item", ratings.items.called),
        user_idx=user_idx,
        item_idx=item_idx,
        rating=ratings.rating[rows],
        timestamp=None if ratings.timestamp is None else ratings.timestamp[rows],
        item_table=ratings.item_table.iloc[items].reset_index(drop=True),
        fingerprint=None,
        words=ratings.words,
    )


def rows_that_pass(ratings: Ratings, filters: Filters) -> NDArray[np.int64]:
    """The rows that pass, looked at one filter after the other."""
    frame, passes = ratings.frame(), np.ones(ratings.n_ratings, dtype=np.bool_)
    for name, value in filters.active().items():
        of_movie = {"genre": _of_genre, "years": _of_years}.get(name)
        column: Any = of_movie(ratings, value) if of_movie else (frame[name] == value).to_numpy()
        passes &= column
    return np.flatnonzero(passes)


def _of_genre(ratings: Ratings, genre: str) -> NDArray[np.bool_]:
    return has_genre(ratings.item_table["genres"], genre)[ratings.item_idx]


def _of_years(ratings: Ratings, years: tuple[int, int]) -> NDArray[np.bool_]:
    between = ratings.item_table["year"].between(*years).fillna(False)
    return between.to_numpy(dtype=np.bool_)[ratings.item_idx]
