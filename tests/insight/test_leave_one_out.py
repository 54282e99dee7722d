"""Folding in without each rating: with more ratings than fit a batch, and where the quick way does not arrive."""

import numpy as np
import pytest

from cf_core.insight import leave_one_out as module
from cf_core.insight.fold_in import fold_in
from cf_core.insight.leave_one_out import leave_one_out
from tests.insight.sides import LINEAR, SIGMOID, make_side

ITEMS = np.arange(12)
STARS = np.array([5, 0.5, 3, 4, 1, 2.5, 5, 5, 0.5, 3, 2, 4])


def check(side) -> None:
    user, without = leave_one_out(side, ITEMS, STARS, 0.5)
    whole = fold_in(side, ITEMS, STARS, 0.5)
    assert user == pytest.approx([*whole.user_factors, whole.user_bias], abs=1e-8)
    for row in ITEMS:
        never = fold_in(side, np.delete(ITEMS, row), np.delete(STARS, row), 0.5)
        assert without[row] == pytest.approx([*never.user_factors, never.user_bias], abs=1e-7)


@pytest.mark.parametrize("scale", [LINEAR, SIGMOID])
def test_batch_by_batch(scale, monkeypatch) -> None:
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 5)
    check(make_side(scale))


def test_where_the_quick_way_takes_too_long_newtons_method_takes_over(monkeypatch) -> None:
    monkeypatch.setattr(module, "_MOST_STEPS", 1)
    check(make_side(SIGMOID))


@pytest.mark.parametrize(("scale", "steps"), [(LINEAR, 2), (SIGMOID, 60)])
def test_the_quick_way_arrives_and_in_one_step_without_a_sigmoid(scale, steps, monkeypatch) -> None:
    """The second round only sees that the gradient is zero."""
    monkeypatch.setattr(module, "_MOST_STEPS", steps)
    monkeypatch.setattr(module, "_from_zero", lambda *_: pytest.fail("did not arrive"))
    check(make_side(scale))


def test_nobody_has_nothing_to_leave_out() -> None:
    user, without = leave_one_out(make_side(SIGMOID), [], [], 0.5)
    assert user.tolist() == [0] * 4 and without.shape == (0, 4)
