"""A part of the ratings, chosen by what they are: by stars, genre, year, user or item. What is left is `Ratings` again,
so that everything that can be said of a data set can be said of a part of it.

Nothing in here counts or draws.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings


@dataclass(frozen=True)
class Filters:
    """Which ratings to look at; None where any will do, and all that is set must hold.

    Attributes:
        rating: stars.
        genre: one genre; a movie of several passes with each of them.
        years: first and last year of release, both included; movies without a year do not pass.
        user_id, item_id: raw.
    """

    rating: float | None = None
    genre: str | None = None
    years: tuple[int, int] | None = None
    user_id: int | str | None = None
    item_id: int | str | None = None

    def in_force(self) -> dict[str, Any]:
        """The filters that are set, name to value."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def but(self, name: str) -> "Filters":
        """The others: what a view shows in which `name` is chosen."""
        without: dict[str, Any] = {name: None}
        return replace(self, **without)


def filtered(ratings: Ratings, filters: Filters) -> Ratings | None:
    """The ratings that pass, with users and items that still have one, in the order that they had; `ratings` itself
    where no filter is set, None where nothing passes.

    Raises:
        UnknownIdError: a user or item that the data do not hold.
    """
    if not filters.in_force():
        return ratings
    rows = np.flatnonzero(_passes(ratings, filters))
    return take_rows(ratings, rows) if len(rows) else None


def take_rows(ratings: Ratings, rows: NDArray[np.int64]) -> Ratings:
    """The ratings of these rows, one or more; the fingerprint is left empty, because no file holds them."""
    user_idx, kept_users = pd.factorize(ratings.user_idx[rows])
    item_idx, kept_items = pd.factorize(ratings.item_idx[rows])
    return Ratings(
        name=ratings.name,
        users=IdMap(ratings.users.ids[kept_users], "user"),
        items=IdMap(ratings.items.ids[kept_items], "item"),
        user_idx=user_idx.astype(np.int64),
        item_idx=item_idx.astype(np.int64),
        rating=ratings.rating[rows],
        timestamp=None if ratings.timestamp is None else ratings.timestamp[rows],
        item_table=ratings.item_table.iloc[kept_items].reset_index(drop=True),
        fingerprint="",
    )


def genres_of(ratings: Ratings) -> list[str]:
    """Every genre that occurs, in alphabetical order."""
    return sorted({genre for genres in ratings.item_table["genres"].unique() for genre in genres.split("|")})


def years_of(ratings: Ratings) -> tuple[int, int] | None:
    """The first and the last year of release; None where no title has one."""
    years = ratings.item_table["year"].dropna()
    return (int(years.min()), int(years.max())) if len(years) else None


def _passes(ratings: Ratings, filters: Filters) -> NDArray[np.bool_]:
    """For each row whether it passes, shape (n_ratings,)."""
    passes = np.ones(ratings.n_ratings, dtype=np.bool_)
    if filters.rating is not None:
        passes &= ratings.rating == np.float32(filters.rating)
    if filters.user_id is not None:
        passes &= ratings.user_idx == ratings.users.index_of([filters.user_id])
    if filters.item_id is not None:
        passes &= ratings.item_idx == ratings.items.index_of([filters.item_id])
    if filters.genre is not None:
        genres = "|" + ratings.item_table["genres"] + "|"
        passes &= genres.str.contains(f"|{filters.genre}|", regex=False).to_numpy(dtype=np.bool_)[ratings.item_idx]
    if filters.years is not None:
        between = ratings.item_table["year"].between(*filters.years)
        passes &= between.fillna(False).to_numpy(dtype=np.bool_)[ratings.item_idx]
    return passes
