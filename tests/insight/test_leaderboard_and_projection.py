"""Leaderboards and projection on numbers small enough to check by hand, and against NumPy's SVD."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, DataMismatchError, MissingPartError, VanishedFactorsError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.leaderboard import leaderboard
from cf_core.insight.projection import project

# Five movies, rated 4, 3, 3, 2 and 1 times by four users; the last one is never in training.
CELLS = [(u, m) for m, n in enumerate((4, 3, 3, 2, 1)) for u in range(n)]
RATING = np.array([5, 4, 5, 4, 1, 2, 3, 3, 3, 3, 2, 1, 5], np.float32)
BIAS = np.array([0.5, -1.0, 0.25, 0.75, 9.0], np.float32)


def make(n_factors: int = 3) -> tuple[FittedFactors, Ratings]:
    users = IdMap(np.arange(4), "user")
    items = IdMap(np.array([50, 40, 30, 20, 10]), "item")
    ratings = Ratings(
        name="small",
        users=users,
        items=items,
        user_idx=np.array([u for u, _ in CELLS]),
        item_idx=np.array([m for _, m in CELLS]),
        rating=RATING,
        timestamp=None,
        item_table=pd.DataFrame({"item_id": items.ids, "title": list("ABCDE"), "year": 2000, "genres": "Drama"}),
        fingerprint="",
    )
    factors = FittedFactors(
        recipe="small",
        users=users,
        items=items,
        user_factors=np.full((4, n_factors), 0.1, np.float32),
        item_factors=np.random.default_rng(1).normal(size=(5, n_factors)).astype(np.float32),
        user_bias=np.zeros(4, np.float32),
        item_bias=BIAS,
        bias_unit="logits",
        n_train_by_user=np.array([3, 3, 3, 1]),
        n_train_by_item=np.array([4, 3, 3, 2, 0]),
    )
    return factors, ratings


def test_best_by_hand():
    table = leaderboard(*make(), "best", top=2)
    assert table.to_dict("list") == {
        "rank": [1, 2],
        "item_id": [20, 50],
        "title": ["D", "A"],
        "bias": [0.75, 0.5],
        "n_ratings": [2, 4],
        "mean_rating": [1.5, 4.5],
    }


def test_worst_by_hand_leaves_the_untrained_movie_out():
    table = leaderboard(*make(), "worst")
    assert table["title"].tolist() == ["B", "C", "A", "D"]


def test_only_the_most_rated_compete():
    # B and C have three ratings each: the tie goes to the lower id, which is C's.
    assert leaderboard(*make(), "best", popular=2)["title"].tolist() == ["A", "C"]


def test_leaderboard_says_what_is_wrong():
    factors, ratings = make()
    with pytest.raises(ConfigError, match="top=0"):
        leaderboard(factors, ratings, top=0)
    with pytest.raises(ConfigError, match="popular=1"):
        leaderboard(factors, ratings, popular=1)
    with pytest.raises(ConfigError, match="'best' or 'worst'"):
        leaderboard(factors, ratings, "finest")
    with pytest.raises(MissingPartError, match="no biases"):
        leaderboard(dataclasses.replace(factors, item_bias=None, user_bias=None), ratings)
    with pytest.raises(DataMismatchError, match="'small'"):
        leaderboard(dataclasses.replace(factors, items=IdMap(np.arange(5), "item")), ratings)


def test_projection_is_numpys_svd_up_to_signs():
    factors, ratings = make(n_factors=6)
    projection = project(factors, ratings, n_components=3)
    centred = factors.item_factors[[0, 2, 1, 3]].T
    centred = centred - centred.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    assert projection.components.shape == (3, 4)
    assert np.abs(np.sum(projection.components * rows[:3], axis=1)) == pytest.approx([1, 1, 1], abs=1e-4)
    assert projection.explained_variance_ratio == pytest.approx((singular**2 / np.sum(singular**2))[:3], rel=1e-4)
    assert projection.movies["title"].tolist() == ["A", "C", "B", "D"]
    assert projection.movies["bias"].tolist() == pytest.approx([0.5, 0.25, -1.0, 0.75])


def test_projection_over_movies_is_numpys_svd_up_to_signs():
    factors, ratings = make(n_factors=3)
    projection = project(factors, ratings, n_components=3, over="movies")
    vectors = factors.item_factors[[0, 2, 1, 3]]
    left, singular, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    assert np.abs(projection.components) == pytest.approx(np.abs(left * singular).T, abs=1e-5)
    assert projection.explained_variance_ratio == pytest.approx(singular**2 / np.sum(singular**2), rel=1e-4)
    assert projection.components.sum(axis=1) == pytest.approx([0, 0, 0], abs=1e-5)
    rise = projection.components @ (projection.movies["mean_rating"] - projection.movies["mean_rating"].mean())
    assert (rise <= 0).all()


def test_over_movies_distances_between_movies_are_those_of_their_factors():
    factors, ratings = make(n_factors=3)
    places = project(factors, ratings, n_components=3, over="movies").components.T
    vectors = factors.item_factors[[0, 2, 1, 3]]
    assert np.linalg.norm(places[0] - places[3]) == pytest.approx(np.linalg.norm(vectors[0] - vectors[3]), rel=1e-5)


def test_projection_over_something_else():
    with pytest.raises(ConfigError, match="'factors' or 'movies'"):
        project(*make(), over="users")


def test_signs_do_not_depend_on_the_factors_signs():
    factors, ratings = make(n_factors=6)
    one = project(factors, ratings)
    flipped = project(dataclasses.replace(factors, item_factors=-factors.item_factors), ratings)
    assert one.components == pytest.approx(flipped.components, abs=1e-5)
    rise = one.components @ one.movies["mean_rating"].to_numpy()
    assert (rise - one.components.sum(axis=1) * one.movies["mean_rating"].mean() <= 0).all()


def test_ends_are_the_outermost_movies():
    projection = project(*make(n_factors=6))
    high, low = projection.ends(1, n=2)
    values = projection.components[1]
    assert high["component"].tolist() == sorted(values, reverse=True)[:2]
    assert low["component"].tolist() == sorted(values)[:2]
    assert high["title"].iloc[0] == projection.movies["title"][int(values.argmax())]


def test_a_model_without_biases_still_has_a_map():
    factors, ratings = make(n_factors=6)
    assert "bias" not in project(dataclasses.replace(factors, item_bias=None, user_bias=None), ratings).movies


@pytest.mark.parametrize("n_components", [0, 3])
def test_more_components_than_the_factors_carry_are_refused(n_components):
    with pytest.raises(ConfigError, match="1 to 2 components"):
        project(*make(n_factors=3), n_components=n_components)


def of_these(item_factors: np.ndarray) -> tuple[FittedFactors, Ratings]:
    factors, ratings = make()
    return dataclasses.replace(factors, item_factors=item_factors.astype(np.float32)), ratings


@pytest.mark.parametrize("over", ["factors", "movies"])
@pytest.mark.parametrize("size", [0.0, 1e-30, 1e-12, 4e-5])
def test_factors_that_are_all_nearly_zero_have_no_map(size, over) -> None:
    """4e-5 is what Adam leaves; its squares are no zeros, and would make a map of rounding."""
    noise = np.random.default_rng(1).choice([-1.0, 1.0], (5, 3)) / np.sqrt(3)
    with pytest.raises(VanishedFactorsError, match="lower it"):
        project(*of_these(size * noise), n_components=1, over=over)


@pytest.mark.parametrize("over", ["factors", "movies"])
def test_one_factor_that_is_not_zero_is_all_the_variance(over) -> None:
    one = np.zeros((5, 3))
    one[1, 2] = 0.5
    found = project(*of_these(one), n_components=2, over=over)
    assert found.explained_variance_ratio == pytest.approx([1, 0], abs=1e-6)
    assert np.isfinite(found.components).all()
    assert found.movies["item_id"][np.abs(found.components[0]).argmax()] == 40


def test_a_movie_that_was_never_trained_makes_no_map() -> None:
    """Its factors are still those of the random start."""
    start = np.zeros((5, 3))
    start[4] = 1.0
    with pytest.raises(VanishedFactorsError):
        project(*of_these(start), n_components=2)


@pytest.mark.parametrize(("over", "alike"), [("factors", "each movie's factors"), ("movies", "all movies")])
def test_factors_without_any_differences_have_no_map(over, alike) -> None:
    equal = np.full((5, 3), 0.3) if over == "movies" else np.outer([0.1, 0.2, 0.3, 0.4, 0.5], np.ones(3))
    with pytest.raises(VanishedFactorsError, match=alike):
        project(*of_these(equal), n_components=1, over=over)


def test_small_factors_count_where_users_have_large_ones() -> None:
    """What a prediction gets is their product: an imported model may put all of its size on one side."""
    factors, ratings = make()
    small = dataclasses.replace(factors, item_factors=factors.item_factors * np.float32(1e-6))
    assert small.have_vanished
    large = dataclasses.replace(small, user_factors=np.full((4, 3), 1e6, np.float32))
    assert not large.have_vanished
    found, expected = project(large, ratings, 2), project(factors, ratings, 2)
    np.testing.assert_allclose(found.components, expected.components, atol=1e-4)
