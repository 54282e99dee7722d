"""What a model says of every rating: by hand, and as PyTorch's own model says it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from cf_core.config import ModelConfig
from cf_core.data import chunks
from cf_core.errors import MissingPartError
from cf_core.insight.fitted_ratings import fitted_ratings
from cf_core.training.recipes import RECIPES
from cf_core.training.state import TrainingState
from tests.insight.small_model import CONFIG, model
from tests.small import make_split


def test_by_hand() -> None:
    factors, split = model()
    fitted = fitted_ratings(factors, CONFIG.model, split)
    assert fitted.taste.tolist() == [0.5, 0, -0.5, 0, 0, 0]
    assert fitted.predicted.tolist() == [4.5, 3.5, 2.5, 2.5, 2.75, 3.75]
    assert fitted.slope.tolist() == [1] * 6


@pytest.mark.parametrize(
    "config",
    [
        ModelConfig("dot", 4, sigmoid=False),
        ModelConfig("bias", 4, -1, 1, sigmoid=False),
        ModelConfig("bias", 4, -1, 1),
        ModelConfig("bias", 4, -1, 1, range_margin=0.5),
        ModelConfig("bias", 4, -1, 1, range_margin=0.25, start_at_mean=True),
    ],
)
def test_as_the_model_itself_predicts(config: ModelConfig) -> None:
    split = make_split()
    training = TrainingState.start(replace(RECIPES["fast"].config, model=config), split)
    ratings = split.ratings
    with torch.no_grad():
        predicted = training.model(torch.from_numpy(ratings.user_idx), torch.from_numpy(ratings.item_idx)).numpy()
    fitted = fitted_ratings(training.fitted_factors(), config, split)
    assert fitted.predicted == pytest.approx(predicted, abs=1e-5)


def test_the_slope_is_the_derivative() -> None:
    split, config = make_split(), ModelConfig("bias", 4, -1, 1, range_margin=0.5)
    factors = TrainingState.start(replace(RECIPES["fast"].config, model=config), split).fitted_factors()
    assert factors.item_bias is not None
    step = 1e-2
    up, down = (replace(factors, item_bias=factors.item_bias + move) for move in (step, -step))
    rise = fitted_ratings(up, config, split).predicted - fitted_ratings(down, config, split).predicted
    assert fitted_ratings(factors, config, split).slope == pytest.approx(rise / (2 * step), rel=1e-3)


def test_a_sigmoid_far_out_ends_at_the_range() -> None:
    factors, split = model()
    sure = replace(factors, item_bias=np.array([800, -800, 0], np.float32))
    fitted = fitted_ratings(sure, replace(CONFIG.model, sigmoid=True), split)
    assert fitted.predicted[:2].tolist() == [5, 2]
    assert fitted.slope[:2].tolist() == [0, 0]


def test_a_net_says_what_it_lacks() -> None:
    factors, split = model()
    with pytest.raises(MissingPartError, match="layers"):
        fitted_ratings(factors, ModelConfig("net"), split)


def test_sums_of_items_are_those_of_all_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    split, config = make_split(), ModelConfig("bias", 4, -1, 1, range_margin=0.5)
    factors = TrainingState.start(replace(RECIPES["fast"].config, model=config), split).fitted_factors()
    ratings = split.ratings
    assert factors.user_bias is not None
    is_train = np.isin(np.arange(ratings.n_ratings), split.train_rows)
    monkeypatch.setattr(chunks, "CHUNK", 7)
    fitted = fitted_ratings(factors, config, split)
    of_row = (
        ratings.user_stats()["mean_rating"].to_numpy()[ratings.user_idx],
        factors.user_bias[ratings.user_idx],
        fitted.taste,
        ratings.rating - fitted.predicted,
        is_train * np.square(fitted.slope),
        is_train * np.square(ratings.rating - fitted.predicted),
    )
    for sums, values in zip(fitted.item_sums, of_row, strict=True):
        assert sums == pytest.approx(np.bincount(ratings.item_idx, values), abs=1e-6)
    rows = np.arange(ratings.n_ratings)[::-3]
    assert np.array_equal(fitted.at(rows).predicted, fitted.predicted[rows])
