"""Clusters movies by their factors, and names the clusters by their genres."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from cf_core.errors import ConfigError
from cf_core.insight.axes import genre_table
from cf_core.insight.selection import contrast_genres


def clusters(vectors: NDArray[np.floating], k: int, seed: int = 0) -> NDArray[np.int64]:
    """K-means (Lloyd): k means with a small sum of squared distances from each vector to the nearest mean.

        Σ_i min_j |v_i - m_j|²

    The result is a local minimum, the best of four starts (k-means++); the seed fixes the starts.

    Args:
        vectors: shape (n, n_factors).
        k: number of clusters, from 1 to n.

    Returns:
        The cluster of each vector, shape (n,), from 0, the largest first.

    Raises:
        ConfigError: `k` is out of range.
    """
    if not 1 <= k <= len(vectors):
        raise ConfigError(f"k={k} is out of range: {len(vectors):,} points fall into 1 to {len(vectors):,} clusters.")
    found = KMeans(k, n_init=4, random_state=seed).fit_predict(np.asarray(vectors, dtype=np.float32))
    rank = np.empty(k, dtype=np.int64)  # of each cluster by its size
    rank[np.argsort(-np.bincount(found, minlength=k), kind="stable")] = np.arange(k)
    labels: NDArray[np.int64] = rank[found]
    return labels


def cluster_names(movies: pd.DataFrame, labels: NDArray[np.int64]) -> list[str]:
    """A name for each cluster: its number from 1, and the two genres whose share in it exceeds that in all movies most.

    Args:
        movies: rows as in `labels`; column genres ("A|B").
    """
    genres = genre_table(movies)
    return [_name(genres, number, np.flatnonzero(labels == number)) for number in range(int(labels.max()) + 1)]


def _name(genres: pd.DataFrame, number: int, rows: NDArray[np.int64]) -> str:
    table = contrast_genres(genres, rows)
    more = table.loc[table["lift"] > 1, "genre"].head(2).tolist()
    return f"{number + 1}: more {', '.join(more)}" if more else f"{number + 1}"
