"""From a model's sum to stars, by hand; that the model agrees is test_modules' and test_prediction's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.config import ModelConfig
from cf_core.errors import ConfigError
from cf_core.rating_scale import RatingScale


def test_without_a_sigmoid_the_sum_is_the_rating() -> None:
    scale = RatingScale.of(ModelConfig("dot", sigmoid=False), (0.5, 5), 3.5)
    value, derivative = scale.value_and_derivative(np.array([-3.0, 7.0]))
    assert (value.tolist(), derivative.tolist()) == ([-3, 7], [1, 1])
    assert (scale.low, scale.high, scale.start) == (None, None, 0)


def test_the_sigmoid_by_hand() -> None:
    scale = RatingScale.of(ModelConfig("bias", range_margin=0.5), (0.5, 5), 3.5)
    assert (scale.low, scale.high) == (0, 5.5)
    assert scale.stars(0) == 2.75
    assert scale.stars(math.log(3)) == pytest.approx(5.5 * 3 / 4)
    _, derivative = scale.value_and_derivative(np.array([math.log(3)]))
    assert derivative.tolist() == pytest.approx([5.5 * 3 / 4 * 1 / 4])


def test_it_starts_at_the_mean_where_it_should() -> None:
    scale = RatingScale.of(ModelConfig("bias", start_at_mean=True), (1, 5), 4.0)
    assert scale.start == pytest.approx(math.log(3))  # three quarters of the way from 1 to 5
    assert scale.stars(scale.start) == pytest.approx(4)


@given(st.floats(-1e6, 1e6))
def test_no_sum_overflows_or_leaves_the_range(x: float) -> None:
    assert 0.5 <= RatingScale(0.5, 5).stars(x) <= 5


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="Choose more than -2"):
        RatingScale.of(ModelConfig("bias", range_margin=-2), (1, 5), 3)
