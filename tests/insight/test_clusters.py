import numpy as np
import pandas as pd
import pytest

from cf_core.errors import ConfigError
from cf_core.insight.clusters import cluster_names, clusters


def heaps(*sizes: int) -> np.ndarray:
    draw = np.random.default_rng(0)
    return np.concatenate([draw.normal(10 * i, 0.1, (size, 2)) for i, size in enumerate(sizes)])


def test_heaps_are_found_and_the_largest_comes_first() -> None:
    labels = clusters(heaps(5, 20, 10), 3)
    assert labels.tolist() == [2] * 5 + [0] * 20 + [1] * 10


def test_the_seed_decides() -> None:
    vectors = np.random.default_rng(1).normal(size=(300, 10))
    assert (clusters(vectors, 7, seed=4) == clusters(vectors, 7, seed=4)).all()
    assert (clusters(vectors, 7, seed=4) != clusters(vectors, 7, seed=5)).any()


def test_the_number_of_clusters_is_kept() -> None:
    assert set(clusters(heaps(9, 9), 1)) == {0}
    assert sorted(clusters(heaps(2, 2), 4)) == [0, 1, 2, 3]
    for k in (0, 5):
        with pytest.raises(ConfigError, match=f"k={k}"):
            clusters(heaps(2, 2), k)


def test_a_cluster_is_named_by_what_it_has_more_of() -> None:
    movies = pd.DataFrame({"genres": ["Drama", "Drama|War", "War", "Drama"]})
    assert cluster_names(movies, np.array([0, 1, 1, 0])) == ["1: more Drama", "2: more War"]
    assert cluster_names(movies.assign(genres="Drama"), np.array([0, 1, 1, 0])) == ["1", "2"]
