"""By hand: of 1, 2, 3 and 6 the mean is 3 and the variance 14 / 3."""

import math

import numpy as np
import pytest

from cf_core.insight.standard_error import standard_error


def test_by_hand() -> None:
    assert standard_error(np.array([1.0, 2.0, 3.0, 6.0])) == pytest.approx(math.sqrt(14 / 3 / 4))


def test_one_value_has_none() -> None:
    assert math.isnan(standard_error(np.array([3.0])))
