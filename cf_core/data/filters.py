"""Selects a part of the ratings by stars, genre, year, user or item. The part is `Ratings` again, so that every summary
and chart of a data set works for a part of it."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap, index_ids
from cf_core.data.ratings import Ratings


@dataclass(frozen=True)
class Filters:
    """Which ratings to select: those that pass every filter that is set (not None).

    Attributes:
        rating: stars.
        genre: one genre, which may be one of several of the movie.
        years: first and last year of release, both included; movies without a year do not pass.
        user_id, item_id: raw ids.
    """

    rating: float | None = None
    genre: str | None = None
    years: tuple[int, int] | None = None
    user_id: int | str | None = None
    item_id: int | str | None = None

    def active(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def without(self, name: str) -> "Filters":
        """All filters but `name`: what the view shows in which `name` is selected."""
        without: dict[str, Any] = {name: None}
        return replace(self, **without)


def filtered(ratings: Ratings, filters: Filters) -> Ratings | None:
    """The ratings that pass, with the users and items that still have one, in their original order; `ratings` itself
    where no filter is set, None where nothing passes.

    Raises:
        UnknownIdError: the user or item is not in the data.
    """
    if not filters.active():
        return ratings
    rows = np.flatnonzero(_passes(ratings, filters))
    return take_rows(ratings, rows) if len(rows) else None


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


def genres_of(ratings: Ratings) -> list[str]:
    """Every genre that occurs, in alphabetical order."""
    return sorted({genre for genres in ratings.item_table["genres"].unique() for genre in genres.split("|")})


def has_genres(movies: pd.DataFrame) -> bool:
    """Whether any of the movies has a genre: "(no genres listed)" is none."""
    return not movies["genres"].str.startswith("(").all()


def has_genre(genres: "pd.Series[str]", genre: str) -> NDArray[np.bool_]:
    """Whether each movie is of that genre, shape (n,); `genres` has the genres of each movie, as "Crime|Drama"."""
    return ("|" + genres + "|").str.contains(f"|{genre}|", regex=False).to_numpy(dtype=np.bool_)


def years_of(ratings: Ratings) -> tuple[int, int] | None:
    """The first and the last year of release; None where no title has one."""
    years = ratings.item_table["year"].dropna()
    return (int(years.min()), int(years.max())) if len(years) else None


def _passes(ratings: Ratings, filters: Filters) -> NDArray[np.bool_]:
    """Whether each row passes, shape (n_ratings,)."""
    passes = np.ones(ratings.n_ratings, dtype=np.bool_)
    if filters.rating is not None:
        passes &= ratings.rating == np.float32(filters.rating)
    if filters.user_id is not None:
        passes &= ratings.user_idx == ratings.users.index_of([filters.user_id])
    if filters.item_id is not None:
        passes &= ratings.item_idx == ratings.items.index_of([filters.item_id])
    if filters.genre is not None:
        passes &= has_genre(ratings.item_table["genres"], filters.genre)[ratings.item_idx]
    if filters.years is not None:
        between = ratings.item_table["year"].between(*filters.years)
        passes &= between.fillna(False).to_numpy(dtype=np.bool_)[ratings.item_idx]
    return passes
