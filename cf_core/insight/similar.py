"""Finds the nearest neighbours of movies by three measures of their factors, and shows what each measure favours."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors

Measure = Literal["cosine", "dot", "distance"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


def nearest(
    factors: FittedFactors,
    item_idx: int,
    by: Measure = "cosine",
    k: int = 10,
    among: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """The `k` movies nearest to a movie, itself excluded. With q and p the factors of the two:

        cosine     q·p / (|q| |p|)   from -1 to 1, the highest first; 0 if one of the two is all zeros
        dot        q·p               the highest first; favours long vectors, which much rated movies have
        distance   |q - p|           from 0, the lowest first; Euclidean

    Args:
        item_idx: index of the movie.
        among: indices of the movies to choose from; by default, all with a training rating.

    Returns:
        Columns `item_idx` and `value`, the nearest first, ties in the order of `among`; fewer than `k` rows if there
        are fewer movies.

    Raises:
        UnknownIdError: no movie has that index.
        ConfigError: `k` is below 1, or `by` is unknown.
        VanishedFactorsError: the factors are all nearly zero.
    """
    _check(by, k)
    factors.items.raw_of([item_idx])  # raises where the index is out of bounds
    candidates = np.flatnonzero(factors.n_train_by_item > 0) if among is None else np.asarray(among, dtype=np.int64)
    candidates = candidates[candidates != item_idx]
    vectors = factors.need_item_factors()
    values = _values(vectors[item_idx], vectors[candidates], by)
    first = np.argsort(values if by == "distance" else -values, kind="stable")[:k]
    return pd.DataFrame({"item_idx": candidates[first], "value": values[first]})


def k_nearest(vectors: NDArray[np.floating], k: int = 10, by: Measure = "cosine") -> NDArray[np.int64]:
    """For each vector, the rows of its `k` nearest among the others, the nearest first, by the measures of `nearest`.
    The time grows with the square of n: 0.05 s for 3,000 vectors of 50 numbers, 30 s for 90,000.

    Args:
        vectors: shape (n, n_factors).

    Returns:
        Shape (n, min(k, n - 1)); ties in any order.

    Raises:
        ConfigError: `k` is below 1, or `by` is unknown.
    """
    _check(by, k)
    n = len(vectors)
    k = min(k, n - 1)
    if k < 1:
        return np.empty((n, 0), dtype=np.int64)
    fitted, queries = _as_distance(np.asarray(vectors, dtype=np.float32), by)
    search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(fitted)
    found = search.kneighbors(queries, return_distance=False)
    # Each vector usually finds itself among its k + 1 nearest; if not, the last one is one too many.
    is_extra = found == np.arange(n)[:, None]
    is_extra[~is_extra.any(axis=1), -1] = True
    rows: NDArray[np.int64] = found[~is_extra].reshape(n, k).astype(np.int64)
    return rows


def norms(factors: FittedFactors, ratings: Ratings, items: NDArray[np.int64]) -> pd.DataFrame:
    """The lengths of movies' factors and the numbers of their ratings, both of which `dot` favours.

    Returns:
        Columns `item_idx`, `title`, `n_ratings` (all ratings) and `norm`, |q|, rows as in `items`.
    """
    stats = ratings.item_stats().iloc[items]
    return pd.DataFrame(
        {
            "item_idx": items,
            "title": stats["title"].to_numpy(),
            "n_ratings": stats["n_ratings"].to_numpy(),
            "norm": np.linalg.norm(factors.item_factors[items].astype(np.float64), axis=1),
        }
    )


def _check(by: str, k: int) -> None:
    if by not in MEASURES:
        raise ConfigError(f"by={by!r} is not known. Choose one of: {', '.join(MEASURES)}.")
    if k < 1:
        raise ConfigError(f"k={k} finds nothing. Choose 1 or more.")


def _values(one: NDArray[np.floating], others: NDArray[np.floating], by: Measure) -> NDArray[np.float64]:
    one, others = one.astype(np.float64), others.astype(np.float64)
    if by == "distance":
        lengths: NDArray[np.float64] = np.linalg.norm(others - one, axis=1)
        return lengths
    if by == "cosine":
        one, others = _unit(one[None])[0], _unit(others)
    products: NDArray[np.float64] = others @ one
    return products


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """The vectors scaled to length 1; those of length 0 unchanged."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.floating] = vectors / np.where(lengths > 0, lengths, 1)
    return scaled


def _as_distance(vectors: NDArray[np.floating], by: Measure) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Vectors to search and query vectors whose Euclidean distances have the order of `by`.

    An extra coordinate gives all searched vectors the same length M, so that |q - p|² = |q|² + M² - 2 q·p falls as the
    dot product rises.

    Source: Bachrach et al., "Speeding up the Xbox recommender system using a Euclidean transformation for inner-product
    spaces" (2014).
    """
    if by == "distance":
        return vectors, vectors
    if by == "cosine":
        vectors = _unit(vectors)
    squared = np.square(vectors, dtype=np.float64).sum(axis=1)
    rest = np.sqrt(np.maximum(squared.max() - squared, 0)).astype(np.float32)
    return np.column_stack([vectors, rest]), np.column_stack([vectors, np.zeros_like(rest)])
