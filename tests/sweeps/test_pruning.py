"""A trial is given up by the median of the others after the same epoch, worked out by hand."""

import pytest

from cf_core.sweeps.pruning import is_hopeless
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from tests.sweeps.trials import trial

SPEC = SweepSpec(SearchSpace.read(["learning_rate=0.001:0.1"]))
FIVE = [trial(n, 1.0, rmse, 0.9, 0.8) for n, rmse in enumerate([0.91, 0.92, 0.93, 0.94, 0.95])]
"""After the second of four epochs the median is 0.93."""


@pytest.mark.parametrize(("rmse", "expected"), [(0.931, True), (0.929, False), (0.93, False)])
def test_above_the_median_after_the_same_epoch(rmse: float, expected: bool) -> None:
    assert is_hopeless(SPEC, [1.0, rmse], 4, FIVE) is expected


def test_its_own_lowest_counts() -> None:
    assert not is_hopeless(SPEC, [0.92, 0.99], 4, FIVE)


def test_not_in_the_first_third_and_not_after_the_last_epoch() -> None:
    assert not is_hopeless(SPEC, [9.0], 4, FIVE)
    assert is_hopeless(SPEC, [9.0, 9.0, 9.0], 4, FIVE)
    assert not is_hopeless(SPEC, [9.0, 9.0, 9.0, 9.0], 4, FIVE)
    long = [trial(n, *[0.9] * 9) for n in range(5)]
    assert [is_hopeless(SPEC, [9.0] * epoch, 9, long) for epoch in range(1, 10)] == [False] * 3 + [True] * 5 + [False]


def test_not_before_five_have_finished() -> None:
    assert not is_hopeless(SPEC, [9.0, 9.0], 4, FIVE[:4])
    assert not is_hopeless(SPEC, [9.0, 9.0], 4, [*FIVE[:4], trial(4, 0.9, 0.9, state="pruned")])


def test_those_that_were_given_up_do_not_move_the_median() -> None:
    worse = [trial(5 + n, 1.0, 5.0, state="pruned") for n in range(9)]
    assert is_hopeless(SPEC, [1.0, 0.94], 4, [*FIVE, *worse])


def test_not_where_the_number_of_epochs_is_varied() -> None:
    spec = SweepSpec(SearchSpace.read(["n_epochs=2:8"]))
    assert not is_hopeless(spec, [9.0, 9.0], 4, FIVE)
