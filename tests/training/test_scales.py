"""The settings of a run mean the same on every scale of ratings."""

from dataclasses import replace

import numpy as np
import pytest

from cf_core.config import with_settings
from cf_core.data.split import Split, split_ratings
from cf_core.models.gradients import Gradients
from cf_core.rating_scale import star_size
from cf_core.training.events import EpochEnded
from cf_core.training.fit import fit
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.small import make_split

SETTINGS = {"n_epochs": 3, "batch_size": 16}


def on_scale(split: Split, low: float, high: float) -> Split:
    """The same ratings, stretched onto another scale."""
    ratings = split.ratings
    begin, end = ratings.rating_range
    value = low + (ratings.rating - begin) / (end - begin) * (high - low)
    return split_ratings(replace(ratings, rating=value.astype(np.float32)), split.config)


def losses(recipe: str, split: Split) -> np.ndarray:
    """The validation RMSE of each epoch, in widths of the scale."""
    training = TrainingState.start(with_settings(RECIPES[recipe].config, SETTINGS), split)
    mse = [event.valid_loss for event in fit(training) if isinstance(event, EpochEnded)]
    low, high = split.ratings.rating_range
    return np.sqrt(mse) / (high - low)


@pytest.mark.parametrize(("scale", "star"), [((0.5, 5), 1), ((1, 5), 1), ((0, 100), 100 / 4.5), ((1, 2), 1 / 4.5)])
def test_how_much_a_star_is(scale: tuple[float, float], star: float) -> None:
    assert star_size(scale) == pytest.approx(star)


@pytest.mark.parametrize("scale", [(0, 100), (-10, 10), (1, 2), (-1e6, 1e6)])
@pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "notebook-dot"])
def test_with_a_sigmoid_a_run_is_the_same_on_every_scale(recipe: str, scale: tuple[float, float]) -> None:
    stars = on_scale(make_split(), 0.5, 5)
    assert losses(recipe, on_scale(stars, *scale)) == pytest.approx(losses(recipe, stars), rel=2e-3)


@pytest.mark.parametrize("high", [100.0, 1e6])
def test_without_a_sigmoid_it_is_the_same_on_every_scale_with_that_zero(high: float) -> None:
    stars = on_scale(make_split(), 0.5, 5)
    found = losses("notebook-dot", on_scale(stars, high / 10, high))
    assert found == pytest.approx(losses("notebook-dot", stars), rel=2e-3)


def test_the_lessons_scale_changes_nothing() -> None:
    for recipe in RECIPES.values():
        training = TrainingState.start(recipe.config, on_scale(make_split(), 0.5, 5))
        assert isinstance(training.gradients, Gradients) and training.model.output.loss_unit == 1
