import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.errors import ConfigError
from cf_core.teaching.smoothing import debiased_average


def test_by_hand() -> None:
    # s = 1/2: v = 2, 1+3 = 4, 2+0 = 2; over 1/2, 3/4, 7/8.
    assert debiased_average([4, 6, 0], 0.5).tolist() == pytest.approx([4, 4 / 0.75 * 1, 2 / 0.875])


def test_strength_0_gives_the_values() -> None:
    assert debiased_average([3, 1, 2], 0).tolist() == [3, 1, 2]
    assert debiased_average([], 0.9).shape == (0,)


def test_more_strength_moves_less() -> None:
    spread = [np.ptp(debiased_average([1, 3, 1, 3, 1, 3], strength)) for strength in (0.0, 0.5, 0.9)]
    assert spread == sorted(spread, reverse=True)
    assert spread[2] < spread[0]


@given(st.floats(-100, 100), st.integers(1, 50), st.floats(0, 0.99))
def test_a_constant_is_its_own_average_from_the_start(value: float, n: int, strength: float) -> None:
    assert debiased_average([value] * n, strength) == pytest.approx(np.full(n, value))


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.floats(0, 0.99))
def test_it_is_the_weighted_mean(values: list[float], strength: float) -> None:
    for k in range(1, len(values) + 1):
        weights = strength ** np.arange(k - 1, -1, -1, dtype=np.float64)
        expected = np.average(values[:k], weights=weights)
        assert debiased_average(values, strength)[k - 1] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("strength", [-0.1, 1.0, float("nan")])
def test_an_impossible_strength(strength: float) -> None:
    with pytest.raises(ConfigError, match="out of range"):
        debiased_average([1.0], strength)
