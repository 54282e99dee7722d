"""A person's place on the map: in the middle without factors, and the dot product of two places is what it says."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.errors import ConfigError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.taste_map import taste_map
from tests.small import make_split

RATINGS = make_split().ratings


def factors_of(item_factors: object, user_factors: object) -> FittedFactors:
    items, users = (np.array(values, dtype=np.float32) for values in (item_factors, user_factors))
    return FittedFactors(
        recipe="small",
        users=RATINGS.users,
        items=RATINGS.items,
        user_factors=users,
        item_factors=items,
        user_bias=None,
        item_bias=None,
        bias_unit="stars",
        n_train_by_user=np.ones(len(users), np.int64),
        n_train_by_item=np.ones(len(items), np.int64),
    )


DRAW = np.random.default_rng(1)
TWO = factors_of(DRAW.normal(size=(RATINGS.n_items, 2)), DRAW.normal(size=(RATINGS.n_users, 2)))


def test_with_two_factors_places_multiply_to_what_a_movie_has_more_than_the_mean_movie() -> None:
    on_map = taste_map(TWO, RATINGS)
    person = DRAW.normal(size=(4, 2))
    vectors = TWO.item_factors[on_map.items].astype(np.float64)
    exact = person @ (vectors - vectors.mean(axis=0)).T
    assert on_map.place(person) @ on_map.coordinates.T == pytest.approx(on_map.scale * exact, abs=1e-5)


def test_without_factors_in_the_middle_and_twice_the_factors_twice_as_far() -> None:
    on_map = taste_map(TWO, RATINGS)
    assert on_map.place(np.zeros((1, 2))).tolist() == [[0, 0]]
    assert on_map.place(np.array([[2.0, 4.0]])) == pytest.approx(2 * on_map.place(np.array([[1.0, 2.0]])))


def test_users_are_as_far_out_as_movies_whatever_the_size_of_their_factors() -> None:
    for size in (0.01, 1, 50):
        on_map = taste_map(replace(TWO, user_factors=size * TWO.user_factors), RATINGS)
        users = on_map.place(size * TWO.user_factors)
        assert np.square(users).sum(axis=1).mean() == pytest.approx(
            np.square(on_map.coordinates).sum(axis=1).mean(), rel=1e-5
        )


def test_movies_without_a_training_rating_are_not_on_the_map() -> None:
    some = replace(TWO, n_train_by_item=np.arange(RATINGS.n_items) % 2)
    assert set(taste_map(some, RATINGS).items) == set(range(1, RATINGS.n_items, 2))


def test_one_factor_has_no_two_directions() -> None:
    one = factors_of(np.ones((RATINGS.n_items, 1)), np.ones((RATINGS.n_users, 1)))
    with pytest.raises(ConfigError):
        taste_map(one, RATINGS)
