"""What a bias is worth in stars."""

import numpy as np
import pytest

from cf_core.config import ModelConfig
from cf_core.insight.bias_in_stars import bias_in_stars

BIAS = np.array([-1.0, 0.0, 0.01, 1.0], dtype=np.float32)


def test_without_a_sigmoid_a_bias_is_in_stars_already(split) -> None:
    assert bias_in_stars(BIAS, ModelConfig("bias", sigmoid=False), split) == pytest.approx(BIAS)


def test_behind_a_sigmoid_it_moves_the_mean_within_the_range(split) -> None:
    low, high = split.ratings.rating_range
    moved = bias_in_stars(100 * BIAS, ModelConfig("bias"), split)
    assert moved[0] == pytest.approx(low - split.train_mean, abs=1e-3)
    assert moved[-1] == pytest.approx(high - split.train_mean, abs=1e-3)
    assert moved[1] == 0


def test_a_small_bias_is_worth_the_slope_at_the_mean(split) -> None:
    low, high = split.ratings.rating_range
    share = (split.train_mean - low) / (high - low)
    moved = bias_in_stars(BIAS, ModelConfig("bias"), split)
    assert moved[2] == pytest.approx(0.01 * (high - low) * share * (1 - share), rel=0.01)


def test_a_range_that_leaves_out_the_mean_gives_numbers_all_the_same(split) -> None:
    assert np.isfinite(bias_in_stars(BIAS, ModelConfig("bias", range_margin=-1.9), split)).all()
