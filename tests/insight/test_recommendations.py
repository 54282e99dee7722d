"""Recommendations: their order, what they are made of, and the ratings that they rest on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.errors import ConfigError
from cf_core.insight.fold_in import UserVector, fold_in, predict_all
from cf_core.insight.item_side import ItemSide
from cf_core.insight.recommendations import because, parts, path, recommend
from tests.insight.sides import LINEAR, SIGMOID, make_side
from tests.insight.small_model import CONFIG, model

USER = UserVector(0.5, np.array([1.0]))
"""User 10 of the small model: A 4.5, B 3.5, C 4."""

SCALES = st.sampled_from([LINEAR, SIGMOID])
STARS = st.lists(st.integers(1, 10).map(lambda half: half / 2), min_size=1, max_size=10)


def small_side() -> ItemSide:
    factors, split = model()
    return ItemSide.of(factors, CONFIG.model, split)


def test_the_list_by_hand() -> None:
    _, split = model()
    found = recommend(small_side(), USER, split.ratings, [])
    assert list(found) == ["rank", "item_idx", "item_id", "title", "predicted", "n_ratings", "mean_rating"]
    assert found["title"].tolist() == ["A (1994)", "C", "B (2001)"]
    assert found["predicted"].tolist() == [4.5, 4, 3.5]
    assert found["rank"].tolist() == [1, 2, 3] and found["item_id"].tolist() == [7, 9, 8]
    assert found["n_ratings"].tolist() == [3, 1, 2] and found["mean_rating"].tolist() == [4, 4, 2.5]
    assert recommend(small_side(), USER, split.ratings, [0], n=1)["title"].tolist() == ["C"]
    with pytest.raises(ConfigError, match="n=0"):
        recommend(small_side(), USER, split.ratings, [], n=0)


def test_untrained_movies_are_left_out_and_ties_go_to_the_most_rated() -> None:
    _, split = model()
    nobody = UserVector(0.0, np.zeros(1))
    side = replace(small_side(), item_bias=np.full(3, 3.0))
    assert recommend(side, nobody, split.ratings, [])["item_idx"].tolist() == [0, 1, 2]
    assert recommend(replace(side, trained=np.array([False, True, True])), nobody, split.ratings, [])[
        "item_idx"
    ].tolist() == [1, 2]
    few_first = replace(split.ratings, item_idx=np.array([2, 1, 2, 1, 0, 2]))
    assert recommend(side, nobody, few_first, [])["item_idx"].tolist() == [2, 1, 0]


def test_the_parts_by_hand() -> None:
    made_of = parts(small_side(), USER, 2)
    assert (made_of.constant, made_of.user_bias, made_of.item_bias, made_of.factors.tolist()) == (0, 0.5, 2.5, [1])
    assert (made_of.sum, made_of.predicted) == (4, 4)


@pytest.mark.parametrize("scale", [LINEAR, SIGMOID])
def test_the_parts_add_up_to_the_prediction(scale) -> None:
    side = make_side(scale)
    user = fold_in(side, [0, 1], [4.5, 1.0], 1.0)
    for item in range(12):
        made_of = parts(side, user, item)
        whole = made_of.constant + made_of.user_bias + made_of.item_bias + made_of.factors.sum()
        assert made_of.sum == pytest.approx(whole)
        assert made_of.predicted == pytest.approx(predict_all(side, user)[item])


@given(SCALES, STARS, st.floats(0.3, 30))
def test_without_a_rating_is_as_if_it_had_never_been_given(scale, stars, weight_decay) -> None:
    side, items = make_side(scale), np.arange(len(stars))
    change = because(side, items, stars, weight_decay, [10, 11])
    predicted = predict_all(side, fold_in(side, items, stars, weight_decay))
    assert change.shape == (len(stars), 2)
    for row in range(len(stars)):
        never = fold_in(side, np.delete(items, row), np.delete(stars, row), weight_decay)
        expected = (predicted - predict_all(side, never))[[10, 11]]
        assert change[row] == pytest.approx(expected, abs=1e-6)


def test_the_only_rating_explains_all_that_differs_from_nobody() -> None:
    side = make_side(SIGMOID)
    nobody, one = fold_in(side, [], [], 1.0), fold_in(side, [3], [5.0], 1.0)
    expected = (predict_all(side, one) - predict_all(side, nobody))[[7]]
    assert because(side, [3], [5.0], 1.0, [7])[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("scale", [LINEAR, SIGMOID])
def test_the_path_goes_from_nobody_to_the_user(scale, has_bias) -> None:
    side, items, stars = make_side(scale, has_bias=has_bias), [4, 2, 9], [5.0, 0.5, 3.0]
    factors, bias = path(side, items, stars, 1.0)
    assert factors.shape == (4, 3) and bias.shape == (4,)
    for n in range(4):
        user = fold_in(side, items[:n], stars[:n], 1.0)
        assert factors[n] == pytest.approx(user.user_factors, abs=1e-8)
        assert bias[n] == pytest.approx(user.user_bias, abs=1e-8)
