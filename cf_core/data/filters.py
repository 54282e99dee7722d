"""Names a part of the ratings by stars, genre, year, user or item; `part.py` counts it."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


def passing_items(ratings: Ratings, filters: Filters) -> NDArray[np.bool_] | None:
    """Whether each item passes the filters by genre and year, shape (n_items,); None where neither is set."""
    passes = np.ones(ratings.n_items, dtype=np.bool_)
    if filters.genre is None and filters.years is None:
        return None
    if filters.genre is not None:
        passes &= has_genre(ratings.item_table["genres"], filters.genre)
    if filters.years is not None:
        between = ratings.item_table["year"].between(*filters.years)
        passes &= between.fillna(False).to_numpy(dtype=np.bool_)
    return passes
