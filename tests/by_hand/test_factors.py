from typing import Any

import numpy as np
import pytest

from cf_core.by_hand.factors import Factors, random_start
from cf_core.errors import ConfigError

FACTORS = Factors(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]]), np.array([0.1, 0.2]), np.array([0.3]))


def test_a_side_is_factors_then_bias() -> None:
    assert FACTORS.n_factors == 2
    assert FACTORS.side("user").tolist() == [[1.0, 2.0, 0.1], [3.0, 4.0, 0.2]]
    assert FACTORS.side("item").tolist() == [[5.0, 6.0, 0.3]]


@pytest.mark.parametrize("side", ["user", "item"])
def test_a_side_put_back_changes_nothing(side: Any) -> None:
    same = FACTORS.with_side(side, FACTORS.side(side))
    for name in ("user", "item"):
        np.testing.assert_array_equal(same.side(name), FACTORS.side(name))


def test_an_edit_changes_its_cells_alone() -> None:
    edited = FACTORS.edited("user", {(1, 0): -7, (0, 2): 0.5})
    assert edited.side("user").tolist() == [[1.0, 2.0, 0.5], [-7.0, 4.0, 0.2]]
    assert edited.side("item").tolist() == [[5.0, 6.0, 0.3]]
    assert FACTORS.user_factors[1, 0] == 3.0


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 100.5, -101, "1", True])
def test_what_cannot_be_typed(value: Any) -> None:
    with pytest.raises(ConfigError, match=r"Type a number from -100 to 100\.$"):
        FACTORS.edited("item", {(0, 0): value})


def test_the_seed_decides_the_start() -> None:
    one, again, other = (random_start(15, 12, 5, seed) for seed in (0, 0, 1))
    assert one.user_factors.shape == (15, 5)
    assert one.item_factors.shape == (12, 5)
    np.testing.assert_array_equal(one.side("item"), again.side("item"))
    assert (one.user_factors != other.user_factors).all()
    assert one.user_factors.min() >= 0 and one.user_factors.max() < 1
    assert not one.user_bias.any() and not one.item_bias.any()


@pytest.mark.parametrize(("n_factors", "seed"), [(0, 0), (5, -1), (2.0, 0)])
def test_a_start_out_of_range(n_factors: Any, seed: Any) -> None:
    with pytest.raises(ConfigError):
        random_start(2, 2, n_factors, seed)
