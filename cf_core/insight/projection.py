"""The map of movies: the factors of the most rated movies, reduced to a few principal components."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, VanishedFactorsError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import popular_trained_items

Over = Literal["factors", "movies"]

LEAST_SPREAD = 1e-6
"""Of the largest factor: what lies closer together is equal but for the rounding of float32."""


@dataclass(frozen=True)
class Projection:
    """The positions of movies on principal components.

    Attributes:
        components: (n_components, n_items), one row per component. Over factors each row has length 1; over movies it
            has the movies' scores, in the unit of the factors.
        explained_variance_ratio: (n_components,), the share of the variance that each component explains.
        movies: one row per movie, the most rated first: `item_id`, `title`, `year`, `genres`, `n_ratings`,
            `mean_rating` and, if the model has biases, `bias`.
    """

    components: np.ndarray
    explained_variance_ratio: np.ndarray
    movies: pd.DataFrame

    def ends(self, component: int, n: int = 10) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The `ends` of a component, counted from 0."""
        return ends(self.components[component], self.movies, n)


def ends(values: np.ndarray, movies: pd.DataFrame, n: int = 10) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The `n` movies with the highest and the `n` with the lowest values on an axis, the outermost first, with the
    value as column `component`."""
    order = np.argsort(values, kind="stable")
    table = movies.assign(component=values)
    return table.iloc[order[::-1][:n]], table.iloc[order[:n]]


def project(
    factors: FittedFactors, ratings: Ratings, n_components: int = 3, popular: int = 3_000, over: Over = "factors"
) -> Projection:
    """Principal components of the factors Q (n_items, n_factors) of the `popular` most rated movies
    (lesson: "Interpreting embedding matrices"), in two ways:

        "factors"   as in the lesson, `PCA(n).fit(Qᵀ).components_`: factors are the samples, movies the variables. Each
                    movie's mean over its own factors is subtracted, and a component is a unit vector with one number
                    per movie.
        "movies"    the usual way, `PCA(n).fit_transform(Q)`: movies are the samples, factors the variables. Each
                    factor's mean over the movies is subtracted, and a movie's number is its score in the direction in
                    which the movies differ most.

    The signs of the components are chosen by `orient_signs`. On the lesson's data this puts the lesson's lighthearted
    movies at the high end of the first component and its classics at the low end.

    Raises:
        ConfigError: `n_components` is below 1 or above `most_components`, or `over` is unknown.
        VanishedFactorsError: the factors are all nearly zero, or nothing but the means that are subtracted.
    """
    if over not in ("factors", "movies"):
        raise ConfigError(f"over={over!r} is not known. Choose 'factors' or 'movies'.")
    items = popular_trained_items(factors, ratings, popular)
    n_most = _n_most(factors, items, over)
    if not 1 <= n_components <= n_most:
        raise ConfigError(
            f"components={n_components} is out of range: {ratings.words.count(len(items))} with "
            f"{factors.item_factors.shape[1]} factors have 1 to {n_most} components."
        )
    vectors = factors.need_item_factors()[items]
    _need_spread(vectors, over)
    pca = PCA(n_components=n_components, svd_solver="full")
    components = pca.fit_transform(vectors).T if over == "movies" else pca.fit(vectors.T).components_
    movies = ratings.item_stats().iloc[items].reset_index(drop=True)
    if factors.item_bias is not None:
        movies = movies.assign(bias=factors.item_bias[items])
    return Projection(
        components=orient_signs(components, movies["mean_rating"].to_numpy()),
        explained_variance_ratio=pca.explained_variance_ratio_,
        movies=movies,
    )


def _need_spread(vectors: np.ndarray, over: Over) -> None:
    """Raise `VanishedFactorsError` where nothing but rounding is left once the means have been subtracted: PCA would
    divide by 0."""
    exact = vectors.astype(np.float64)
    left = exact - exact.mean(axis=1 if over == "factors" else 0, keepdims=True)
    if np.abs(left).max() > LEAST_SPREAD * np.abs(exact).max():
        return
    alike = "each movie's factors are all equal" if over == "factors" else "all movies have the same factors"
    raise VanishedFactorsError(
        f"There is no map to draw, because {alike}. Train again with a lower weight decay, or with another start."
    )


def most_components(factors: FittedFactors, ratings: Ratings, popular: int = 3_000, over: Over = "factors") -> int:
    """How many components `project` can find: one less than there are samples, because subtracting the mean costs one,
    and no more than there are variables."""
    return _n_most(factors, popular_trained_items(factors, ratings, popular), over)


def _n_most(factors: FittedFactors, items: np.ndarray, over: Over) -> int:
    n_items, n_factors = len(items), factors.item_factors.shape[1]
    return int(min(n_items, n_factors - 1) if over == "factors" else min(n_items - 1, n_factors))


def orient_signs(components: np.ndarray, mean_rating: np.ndarray) -> np.ndarray:
    """Fix the arbitrary sign of each component so that movies with a higher mean rating have lower values: the dot
    product with the centred mean ratings is negative or 0.

    Args:
        components: (n_components, n_items).
        mean_rating: (n_items,), stars.
    """
    rises = components @ (mean_rating - mean_rating.mean()) > 0
    return np.where(rises[:, None], -components, components)
