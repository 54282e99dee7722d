"""Which of the movies an interpretation compares: the most rated, of a genre, of a decade, with ratings enough."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.axes import decades
from cf_core.insight.popular import popular_trained_items


@dataclass(frozen=True)
class MovieChoice:
    """What a movie must be to take part; all of it must hold.

    Attributes:
        popular: among so many most rated movies of the data, 2 or more.
        genre: one of its genres, None for any.
        decade: the first year of the decade of its release (1990), None for any; movies without a year are of none.
        min_ratings: at least so many ratings, 1 or more.
    """

    popular: int = 3_000
    genre: str | None = None
    decade: int | None = None
    min_ratings: int = 1

    def __post_init__(self) -> None:
        if self.min_ratings < 1:
            raise ConfigError(f"min_ratings={self.min_ratings} asks for nothing. Choose 1 or more.")
        if self.decade is not None and self.decade % 10:
            raise ConfigError(f"decade={self.decade} is no decade. Choose its first year, such as 1990.")


def chosen_items(factors: FittedFactors, ratings: Ratings, choice: MovieChoice) -> NDArray[np.int64]:
    """Indices of the movies that take part, the most rated first; none where nothing passes. Movies that training never
    saw are left out: theirs is still the random start.

    Raises:
        ConfigError: `choice.popular` is below 2.
        DataMismatchError: the factors belong to other ratings.
    """
    items = popular_trained_items(factors, ratings, choice.popular)
    movies = ratings.item_stats().iloc[items]
    passes = movies["n_ratings"].to_numpy() >= choice.min_ratings
    if choice.genre is not None:
        genres = "|" + movies["genres"] + "|"
        passes &= genres.str.contains(f"|{choice.genre}|", regex=False).to_numpy(dtype=np.bool_)
    if choice.decade is not None:
        passes &= (decades(movies) == choice.decade).to_numpy(dtype=np.bool_, na_value=False)
    return items[passes].astype(np.int64)


def decades_of(ratings: Ratings) -> list[int]:
    """The first years of all decades in which a movie came out, ascending."""
    return [int(decade) for decade in np.sort(decades(ratings.item_table).dropna().unique())]
