"""Chooses the movies to interpret: the most rated ones that training has seen, of one genre, one decade, well rated."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.crosstab import most_rated_items
from cf_core.data.filters import has_genre
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, DataMismatchError
from cf_core.fitted_factors import FittedFactors


@dataclass(frozen=True)
class MovieChoice:
    """Conditions that a movie must meet, all of them.

    Attributes:
        popular: it is one of this many most rated movies of the data, 2 or more.
        genre: it has this genre; None for any.
        decade: it came out in this decade, given by its first year (1990); None for any. A movie without a year is of
            no decade.
        min_ratings: it has at least this many ratings, 1 or more.
    """

    popular: int = 3_000
    genre: str | None = None
    decade: int | None = None
    min_ratings: int = 1

    def __post_init__(self) -> None:
        if self.min_ratings < 1:
            raise ConfigError(f"min_ratings={self.min_ratings} is out of range. Choose 1 or more.")
        if self.decade is not None and self.decade % 10:
            raise ConfigError(f"decade={self.decade} is not the first year of a decade. Choose a year such as 1990.")


def popular_trained_items(factors: FittedFactors, ratings: Ratings, popular: int) -> np.ndarray:
    """Indices of the `popular` most rated items, counting all ratings (training and validation, as in the lesson), the
    most rated first. Items without a training rating are left out: their factors are still random.

    Raises:
        ConfigError: `popular` is below 2.
        DataMismatchError: the factors belong to other ratings.
    """
    if popular < 2:
        raise ConfigError(f"popular={popular} leaves nothing to compare. Choose 2 or more.")
    if factors.items != ratings.items:
        raise DataMismatchError(
            f"These factors do not belong to the {ratings.words.items} of '{ratings.name}'. "
            "Choose the data that the run was trained on."
        )
    items = most_rated_items(ratings, popular)
    return items[factors.n_train_by_item[items] > 0]


def chosen_items(factors: FittedFactors, ratings: Ratings, choice: MovieChoice) -> NDArray[np.int64]:
    """Indices of the items that meet `choice`, the most rated first, less those without a training rating; may be
    empty.

    Raises:
        ConfigError: `choice.popular` is below 2.
        DataMismatchError: the factors belong to other ratings.
    """
    items = popular_trained_items(factors, ratings, choice.popular)
    movies = ratings.item_stats().iloc[items]
    passes = movies["n_ratings"].to_numpy() >= choice.min_ratings
    if choice.genre is not None:
        passes &= has_genre(movies["genres"], choice.genre)
    if choice.decade is not None:
        passes &= (decades(movies) == choice.decade).to_numpy(dtype=np.bool_, na_value=False)
    return items[passes].astype(np.int64)


def decades(movies: pd.DataFrame) -> pd.Series:
    """The first year of each movie's decade, 1990 for 1994; <NA> where the year is unknown."""
    return movies["year"].astype("Int64") // 10 * 10


def decades_of(ratings: Ratings) -> list[int]:
    """The first years of all decades in which a movie came out, ascending."""
    return [int(decade) for decade in np.sort(decades(ratings.item_table).dropna().unique())]
