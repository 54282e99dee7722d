"""Neighbours by three measures: by hand, and against a search of all pairs."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cf_core.errors import ConfigError, UnknownIdError, VanishedFactorsError
from cf_core.insight.similar import MEASURES, k_nearest, nearest, norms
from tests.insight.small_factors import fitted
from tests.small import make_split

# q = (1, 0): one in its direction but far, one beside it, one opposite, one across.
HAND = [[1, 0], [4, 0], [1, 0.5], [-1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("by", "order", "values"),
    [
        ("cosine", [1, 2, 4, 3], [1, 1 / np.sqrt(1.25), 0, -1]),
        ("dot", [1, 2, 4, 3], [4, 1, 0, -1]),
        ("distance", [2, 4, 3, 1], [0.5, np.sqrt(2), 2, 3]),
    ],
)
def test_by_hand(by, order, values) -> None:
    table = nearest(fitted(HAND), 0, by, k=10)
    assert table["item_idx"].tolist() == order
    assert table["value"].tolist() == pytest.approx(values)


def test_only_the_candidates_compete_and_never_the_movie_itself() -> None:
    assert nearest(fitted(HAND), 0, "dot", among=np.array([3, 0, 4]))["item_idx"].tolist() == [4, 3]
    assert nearest(fitted(HAND, [1, 0, 1, 1, 1]), 0, "dot", k=1)["item_idx"].tolist() == [2]


def test_ties_keep_the_order_of_the_candidates() -> None:
    twins = fitted([[1, 0], [2, 2], [2, 2], [2, 2]])
    assert nearest(twins, 0, among=np.array([3, 1, 2]))["item_idx"].tolist() == [3, 1, 2]


def test_a_movie_of_zeros_has_cosine_0() -> None:
    table = nearest(fitted([[1, 0], [0, 0], [-1, 0]]), 0)
    assert table.to_dict("list") == {"item_idx": [1, 2], "value": [0, -1]}


@pytest.mark.parametrize("size", [0.0, 1e-12])
def test_factors_that_are_all_nearly_zero_have_no_neighbours(size) -> None:
    with pytest.raises(VanishedFactorsError, match="none is nearer"):
        nearest(fitted(size * np.array(HAND)), 0)


def test_says_what_is_wrong() -> None:
    factors = fitted(HAND)
    with pytest.raises(UnknownIdError):
        nearest(factors, 5)
    with pytest.raises(ConfigError, match="k=0"):
        nearest(factors, 0, k=0)
    with pytest.raises(ConfigError, match="cosine, dot, distance"):
        nearest(factors, 0, by="manhattan")
    with pytest.raises(ConfigError, match="k=0"):
        k_nearest(factors.item_factors, k=0)


def closeness(vectors: np.ndarray, by: str) -> np.ndarray:
    """All pairs, by the definitions; higher is nearer."""
    wide = vectors.astype(np.float64)
    if by == "distance":
        return -np.linalg.norm(wide[:, None] - wide[None], axis=2)
    lengths = np.linalg.norm(wide, axis=1)
    product = wide @ wide.T
    if by == "dot":
        return product
    scale = np.outer(lengths, lengths)
    return np.divide(product, scale, out=np.zeros_like(product), where=scale > 0)


VECTORS = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-3, 3).map(float))


@settings(max_examples=60)
@given(vectors=VECTORS, k=st.integers(1, 13), by=st.sampled_from(MEASURES))
def test_neighbours_are_those_of_a_search_of_all_pairs(vectors, k, by) -> None:
    close, n = closeness(vectors, by), len(vectors)
    rows = k_nearest(vectors, k, by)
    assert rows.shape == (n, min(k, n - 1))
    for row in range(n):
        others = np.delete(np.arange(n), row)
        best = np.sort(close[row, others])[::-1][:k]  # ties may come in any order: compare how near, not who
        assert row not in rows[row]
        assert len(set(rows[row])) == rows.shape[1]
        assert close[row, rows[row]] == pytest.approx(best, abs=1e-5)
        if vectors.any():
            one = nearest(fitted(vectors), row, by, k)
            assert close[row, one["item_idx"]] == pytest.approx(best, abs=1e-9)


def test_norms_by_hand() -> None:
    ratings = make_split(n_items=15).ratings
    factors = dataclasses.replace(fitted([[3, 4]] * 15), items=ratings.items)
    table = norms(factors, ratings, np.array([2, 0]))
    counts = np.bincount(ratings.item_idx)
    assert table.to_dict("list") == {
        "item_idx": [2, 0],
        "title": ratings.item_table["title"].iloc[[2, 0]].tolist(),
        "n_ratings": [counts[2], counts[0]],
        "norm": [5, 5],
    }
