"""Cautions: none for a recipe as it stands, and each on one side of its threshold only."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.data.reading import EMBEDDED, read_ratings
from cf_core.teaching.cautions import cautions
from cf_core.teaching.failures import FAILURES
from cf_core.training.recipes import RECIPES

N_TRAIN = 80_004
"""The lesson's split of the embedded ratings."""


def cautioned(recipe: str, **settings: Any) -> str:
    return " ".join(cautions(with_settings(RECIPES[recipe].config, settings), N_TRAIN))


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_as_it_stands_needs_none(recipe: str) -> None:
    assert cautions(RECIPES[recipe].config, N_TRAIN) == []


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("settings", [{"n_epochs": 1}, {"n_factors": 1}, {"n_factors": 200}, {"seed": 7}])
def test_nor_does_a_harmless_change(recipe: str, settings: dict[str, int]) -> None:
    assert cautioned(recipe, **settings) == ""


@pytest.mark.parametrize("name", FAILURES)
def test_the_healthy_runs_of_the_gallery_need_none(name: str) -> None:
    assert cautions(FAILURES[name].control, N_TRAIN) == []


@pytest.mark.parametrize(
    ("recipe", "below", "above", "words"),
    [
        ("notebook-dot", {"learning_rate": 0.2}, {"learning_rate": 0.3}, "may diverge"),
        ("notebook-dot", {"momentum": 0.95}, {"momentum": 0.98}, "each step 50 times as long"),
        ("notebook-dot", {"learning_rate": 1, "batch_size": 1024}, {"learning_rate": 1}, "may diverge"),
        ("notebook-bias", {"learning_rate": 0.5}, {"learning_rate": 1}, "thrown to the ends"),
        ("notebook-net", {"learning_rate": 0.01}, {"learning_rate": 0.03}, "far too high"),
        ("notebook-learner", {"learning_rate": 0.02}, {"learning_rate": 0.1}, "Try 0.01."),
        ("fast", {"learning_rate": 0.1}, {"learning_rate": 0.5}, "thrown to the ends"),
        ("notebook-learner", {"batch_size": 4096, "n_epochs": 7}, {"batch_size": 10**7}, "3 in all"),
        ("notebook-bias", {"batch_size": 256}, {"batch_size": 4096}, "120 steps this small"),
        ("notebook-learner", {"learning_rate": 1e-3}, {"learning_rate": 1e-4}, "by 0.18 in all 3,753 steps"),
        ("notebook-learner", {"optimizer": "adamw", "weight_decay": 0.1}, {"optimizer": "adamw"}, "0.4% off a weight"),
        ("notebook-learner", {"n_factors": 5, "weight_decay": 0}, {"weight_decay": 0}, "50 factors"),
        ("notebook-bias", {"weight_decay": 0}, {"weight_decay": 0.01}, "A decay of 0.01 pulls"),
        ("notebook-learner", {"n_epochs": 7}, {"n_epochs": 4}, "3 or 7 epochs"),
        ("notebook-learner", {"cycle_length": 3}, {"cycle_length": 10}, "have 10 epochs"),
        ("notebook-learner", {"init_low": -0.5, "init_high": 0.5}, {"init_low": -5, "init_high": 5}, "about ±59"),
        ("notebook-net", {"hidden_dropout": 0.5}, {"hidden_dropout": 0.9}, "90% of the hidden units"),
        ("notebook-bias", {"update": "dense"}, {"update": "sparse"}, "goes without momentum and decay for"),
        ("notebook-learner", {"n_epochs": 127}, {"n_epochs": 255}, "about 2 minutes"),
    ],
)
def test_each_on_one_side_of_its_threshold(recipe: str, below: dict, above: dict, words: str) -> None:
    assert cautioned(recipe, **below) == ""
    assert words in cautioned(recipe, **above)


def of_size(n_users: int, n_items: int) -> Ratings:
    """The embedded ratings as if there were so many users and movies."""
    users, items = IdMap(np.arange(n_users), "user"), IdMap(np.arange(n_items), "item")
    return replace(read_ratings(EMBEDDED), users=users, items=items)


@pytest.mark.parametrize(
    ("size", "safe", "too_much", "better"),
    [
        ((671, 9_066), 9.9e-4, 1e-3, "Try 0.0002."),
        ((12_559, 21_896), 1e-4, 1.5e-4, "Try 0.00003."),  # trained: 0.928 and 0.975 stars, the means 0.951
        ((200_948, 87_585), 1e-5, 2e-4, "Try 0.000004."),
        ((50, 60), 2e-4, 1e-3, "Try 0.0002."),  # smaller data: as on the lesson's
    ],
)
@pytest.mark.parametrize("recipe", ["fast", "notebook-bias", "notebook-learner"])
def test_the_more_users_and_movies_the_less_decay(recipe, size, safe, too_much, better) -> None:
    ratings = of_size(*size)

    def said(decay: float) -> str:
        config = with_settings(RECIPES[recipe].config, {"weight_decay": decay, "batch_size": 64})
        return " ".join(text for text in cautions(config, N_TRAIN, ratings) if "decay" in text)

    assert said(safe) == ""
    assert "harder than most ratings pull back" in said(too_much) and better in said(too_much)
    assert ("so many users and movies" in said(too_much)) == (size[0] > 671)


def test_nor_is_little_decay_too_little_on_large_data() -> None:
    config = with_settings(RECIPES["notebook-learner"].config, {"weight_decay": 1e-5})
    assert any("overfits" in text for text in cautions(config, N_TRAIN, of_size(671, 9_066)))
    assert not any("overfits" in text for text in cautions(config, N_TRAIN, of_size(200_948, 87_585)))


@pytest.mark.parametrize(
    ("scale", "is_far"), [((0.5, 5), False), ((0, 6), False), ((0, 100), False), ((-10, 10), False), ((2.5, 7), True),
                          ((90, 100), True), ((-100, -90), True)],
)  # fmt: skip
def test_a_scale_far_from_0_is_too_far_without_a_sigmoid(scale: tuple[float, float], is_far: bool) -> None:
    ratings = on_scale(read_ratings(EMBEDDED), *scale)
    found = cautions(RECIPES["notebook-dot"].config, N_TRAIN, ratings)
    assert [f"get to {scale[0]:g} to {scale[1]:g}." in text for text in found] == ([True] if is_far else [])
    assert cautions(RECIPES["notebook-bias"].config, N_TRAIN, ratings) == []


def on_scale(ratings: Ratings, low: float, high: float) -> Ratings:
    """The same ratings, stretched onto another scale."""
    value = low + (ratings.rating - 0.5) / 4.5 * (high - low)
    return replace(ratings, rating=value.astype(np.float32))


def test_what_adamw_should_have_instead_is_no_cause_for_caution() -> None:
    text = cautioned("notebook-learner", optimizer="adamw")
    better = float(text.split("Try ")[1].split(",")[0])
    assert cautioned("notebook-learner", optimizer="adamw", weight_decay=better) == ""


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("rate", [1.0, 10.0, 100.0])
def test_the_rate_that_is_proposed_is_no_cause_for_caution(recipe: str, rate: float) -> None:
    (text,) = (line for line in cautioned(recipe, learning_rate=rate).split(". ") if line.startswith("Try "))
    better = float(text.removeprefix("Try ").removesuffix("."))
    assert better < rate
    assert "too high" not in cautioned(recipe, learning_rate=better)


def test_sparse_steps_of_plain_sgd_are_exact_and_need_none() -> None:
    assert cautioned("notebook-bias", update="sparse", momentum=0, weight_decay=0, learning_rate=0.5) == ""
    assert "without Adam's running means for" in cautioned("fast", update="sparse", weight_decay=0, n_factors=5)


def test_a_plain_dot_product_with_a_sigmoid_is_bounded() -> None:
    config = RECIPES["notebook-dot"].config
    bounded = replace(config, model=replace(config.model, sigmoid=True))
    assert cautions(with_settings(config, {"learning_rate": 0.3}), N_TRAIN)
    assert not cautions(with_settings(bounded, {"learning_rate": 0.3}), N_TRAIN)
