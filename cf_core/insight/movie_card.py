"""What the ratings and a fitted model say about one movie."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.profile import Profile, profile
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.fitted_ratings import FittedRatings
from cf_core.insight.similar import nearest
from cf_core.insight.uncertainty import BiasUncertainty

_NOBODY = pd.DataFrame(columns=["item_id", "title", "cosine", "n_ratings", "mean_rating"])


@dataclass(frozen=True, eq=False)
class MovieCard:
    """One movie.

    Attributes:
        item_id: raw id.
        title, genres: as in the data.
        year: of release; None if the title has none.
        profile: its ratings: number, mean, spread, histogram; see `cf_core.data.profile`.
        n_train: how many of them the model was trained on.
        bias: in the model's `bias_unit`; None if the model has none or the movie has no training rating.
        standard_error: of the bias; None if there is no bias or no formula for it.
        near: the nearest movies by the cosine of their factors, the nearest first: item_id, title, cosine, n_ratings,
            mean_rating. Empty for a movie without a training rating, and where the factors are all nearly zero.
        disagreed: the raters whose ratings are furthest from their predictions, the furthest first: user_id, rating,
            predicted (stars), difference (rating - predicted), user_mean (of all the user's ratings, stars).
    """

    item_id: Any
    title: str
    year: int | None
    genres: list[str]
    profile: Profile
    n_train: int
    bias: float | None
    standard_error: float | None
    near: pd.DataFrame
    disagreed: pd.DataFrame


def movie_card(
    factors: FittedFactors,
    ratings: Ratings,
    fitted: FittedRatings,
    item_idx: int,
    uncertainty: BiasUncertainty | None = None,
    among: NDArray[np.int64] | None = None,
    n: int = 8,
) -> MovieCard:
    """The card of the movie at `item_idx`.

    Args:
        fitted: of the same model and ratings.
        uncertainty: of the biases.
        among: indices of the movies that may be neighbours; by default, all with a training rating.
        n: how many neighbours and raters to list, at most.

    Raises:
        UnknownIdError: no movie has that index.
    """
    known = profile(ratings, "item", item_idx)
    movie = ratings.item_table.iloc[item_idx]
    n_train = int(factors.n_train_by_item[item_idx])
    is_biased = factors.item_bias is not None and n_train > 0
    return MovieCard(
        item_id=movie["item_id"],
        title=movie["title"],
        year=None if pd.isna(movie["year"]) else int(movie["year"]),
        genres=movie["genres"].split("|"),
        profile=known,
        n_train=n_train,
        bias=float(factors.need_item_bias()[item_idx]) if is_biased else None,
        standard_error=float(uncertainty.standard_error[item_idx]) if is_biased and uncertainty is not None else None,
        near=_near(factors, ratings, item_idx, among, n) if n_train and not factors.have_vanished else _NOBODY,
        disagreed=disagreed(ratings, fitted, item_idx, n),
    )


def disagreed(ratings: Ratings, fitted: FittedRatings, item_idx: int, n: int = 8) -> pd.DataFrame:
    """The raters of a movie whose ratings are furthest from the model's predictions, the furthest first, ties in file
    order; columns as `MovieCard.disagreed`."""
    rows = np.flatnonzero(ratings.item_idx == item_idx)
    predicted = fitted.at(rows).predicted
    difference = ratings.rating[rows] - predicted
    first = np.argsort(-np.abs(difference), kind="stable")[:n]
    rows, users = rows[first], ratings.user_idx[rows[first]]
    return pd.DataFrame(
        {
            "user_id": ratings.users.ids[users],
            "rating": ratings.rating[rows].astype(np.float64),
            "predicted": predicted[first],
            "difference": difference[first],
            "user_mean": ratings.user_stats()["mean_rating"].to_numpy()[users],
        }
    )


def _near(
    factors: FittedFactors, ratings: Ratings, item_idx: int, among: NDArray[np.int64] | None, n: int
) -> pd.DataFrame:
    found = nearest(factors, item_idx, "cosine", n, among)
    movies = ratings.item_stats().iloc[found["item_idx"]].reset_index(drop=True)
    return movies[["item_id", "title"]].assign(
        cosine=found["value"], n_ratings=movies["n_ratings"], mean_rating=movies["mean_rating"]
    )
