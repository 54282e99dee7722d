"""Predictions from neighbours: by hand, against a loop over all ratings, and where there is nobody to ask."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from scipy.sparse import csr_array

from cf_core.data.split import Split
from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.neighbourhood import (
    Directions,
    TrainingCells,
    directions_by_factors,
    directions_by_ratings,
    from_neighbours,
)
from tests.insight.small_model import model
from tests.small import make_split


def random_factors(split: Split, seed: int = 0) -> FittedFactors:
    """Factors of the users and movies of a split, drawn at random."""
    draw, ratings = np.random.default_rng(seed), split.ratings
    return FittedFactors(
        recipe="small",
        users=ratings.users,
        items=ratings.items,
        user_factors=draw.normal(size=(ratings.n_users, 3)).astype(np.float32),
        item_factors=draw.normal(size=(ratings.n_items, 3)).astype(np.float32),
        user_bias=None,
        item_bias=None,
        bias_unit="stars",
        n_train_by_user=np.bincount(ratings.user_idx[split.train_rows], minlength=ratings.n_users),
        n_train_by_item=np.bincount(ratings.item_idx[split.train_rows], minlength=ratings.n_items),
    )


def test_by_hand_from_movies() -> None:
    """User 0 rated A with 5 and B with 3; with vectors (1, 0) and (0.6, 0.8), C at (0.8, 0.6) has the cosines 0.8 and
    0.96: (0.8 · 5 + 0.96 · 3) / 1.76."""
    _, split = model()
    vectors = Directions(np.eye(3), np.array([[1, 0], [0.6, 0.8], [0.8, 0.6]]))
    found = from_neighbours(TrainingCells(split), vectors, "movies", 0, 2)
    assert (found.index.tolist(), found.rating.tolist()) == ([1, 0], [3, 5])
    assert found.similarity.tolist() == pytest.approx([0.96, 0.8])
    assert found.predicted == pytest.approx((0.96 * 3 + 0.8 * 5) / 1.76)
    nearest = from_neighbours(TrainingCells(split), vectors, "movies", 0, 2, k=1)
    assert (nearest.predicted, nearest.n_used, len(nearest.index)) == (pytest.approx(3), 1, 2)


def test_by_hand_from_users() -> None:
    """A was rated 5 by user 0, whose mean is 4, and 3 by user 1, whose mean is 2.5; user 2's own mean is 4. With the
    cosines 0.6 and 0.8: 4 + (0.6 · 1 + 0.8 · 0.5) / 1.4."""
    _, split = model()
    vectors = Directions(np.array([[0.6, 0.8], [0.8, -0.6], [1, 0]]), np.eye(3))
    found = from_neighbours(TrainingCells(split), vectors, "users", 2, 0)
    assert (found.index.tolist(), found.rating.tolist()) == ([1, 0], [3, 5])
    assert found.predicted == pytest.approx(4 + (0.6 * 1 + 0.8 * 0.5) / 1.4)


def test_predictions_stay_within_the_ratings() -> None:
    """User 1's mean of 2, and a neighbour who is 1.5 stars below the own mean; the lowest rating is 2."""
    _, split = model()
    low = split.ratings.rating.copy()
    low[:2] = 2, 5  # user 0: A with 2, B with 5, mean 3.5
    changed = replace(split, ratings=replace(split.ratings, rating=low), train_rows=np.array([0, 1, 3, 4]))
    vectors = Directions(np.array([[1.0], [1.0], [0.0]]), np.eye(3))
    assert from_neighbours(TrainingCells(changed), vectors, "users", 1, 0).predicted == 2


def test_by_ratings_is_the_cosine_of_deviations() -> None:
    split = make_split()
    ratings = split.ratings
    cells = np.full((ratings.n_users, ratings.n_items), np.nan)
    cells[ratings.user_idx[split.train_rows], ratings.item_idx[split.train_rows]] = ratings.rating[split.train_rows]
    deviation = np.nan_to_num(cells - np.nanmean(cells, axis=1, keepdims=True))
    vectors = directions_by_ratings(TrainingCells(split))
    assert isinstance(vectors.users, csr_array) and isinstance(vectors.items, csr_array)
    for rows, sparse in ((deviation, vectors.users), (deviation.T, vectors.items)):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        assert sparse.toarray() == pytest.approx(rows / np.where(lengths > 0, lengths, 1))


@pytest.mark.parametrize("by", ["factors", "ratings"])
@pytest.mark.parametrize("via", ["movies", "users"])
def test_against_a_loop(by: str, via: Literal["movies", "users"]) -> None:
    split = make_split()
    cells, ratings, k = TrainingCells(split), split.ratings, 3
    vectors = directions_by_factors(random_factors(split)) if by == "factors" else directions_by_ratings(cells)
    users, items = (part if isinstance(part, np.ndarray) else part.toarray() for part in (vectors.users, vectors.items))
    known = [
        (int(ratings.user_idx[row]), int(ratings.item_idx[row]), float(ratings.rating[row])) for row in split.train_rows
    ]
    mean = {user: np.mean([stars for one, _, stars in known if one == user]) for user, _, _ in known}
    for row in split.valid_rows:
        user, item = int(ratings.user_idx[row]), int(ratings.item_idx[row])
        if via == "movies":
            asked = [(items[item] @ items[other], stars) for one, other, stars in known if one == user]
            level = 0.0
        else:
            asked = [(users[user] @ users[one], stars - mean[one]) for one, other, stars in known if other == item]
            level = mean[user]
        best = sorted((pair for pair in asked if pair[0] > 1e-9), reverse=True)[:k]
        found = from_neighbours(cells, vectors, via, user, item, k)
        assert found.n_used == len(best)
        if best:
            told = level + sum(s * value for s, value in best) / sum(s for s, _ in best)
            assert found.predicted == pytest.approx(np.clip(told, *ratings.rating_range))
        else:
            assert found.predicted is None


def test_nobody_is_like_one_that_was_never_trained() -> None:
    """Its factors are still random: an accident is no likeness."""
    factors, split = model()
    unseen = replace(factors, n_train_by_item=np.array([2, 2, 0]), n_train_by_user=np.array([2, 2, 0]))
    cells, vectors = TrainingCells(split), directions_by_factors(unseen)
    assert from_neighbours(cells, vectors, "movies", 0, 2).predicted is None
    assert from_neighbours(cells, vectors, "users", 2, 0).predicted is None


def test_only_the_training_ratings_are_asked() -> None:
    _, split = model()
    cells = TrainingCells(split)
    assert cells.of_user(2)[0].tolist() == [2]
    assert cells.of_item(0)[1].tolist() == [5, 3]
    assert cells.user_mean.tolist() == [4, 2.5, 4]


def test_no_neighbour_at_all_is_refused() -> None:
    factors, split = model()
    with pytest.raises(ConfigError, match="k=0 asks no neighbour"):
        from_neighbours(TrainingCells(split), directions_by_factors(factors), "movies", 0, 2, k=0)
