"""A trial is given up by the median of the others after the same epoch, worked out by hand."""

from collections.abc import Sequence

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import TrialState, create_trial

from cf_core.sweeps.pruning import N_STARTUP_TRIALS, give_up_bounds, is_hopeless
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec, Trial
from tests.sweeps.trials import trial

SPEC = SweepSpec(SearchSpace.read(["learning_rate=0.001:0.1"]))
FIVE = [trial(n, 1.0, rmse, 0.9, 0.8) for n, rmse in enumerate([0.91, 0.92, 0.93, 0.94, 0.95])]
"""After the second of four epochs the median is 0.93."""


def gives_up(spec: SweepSpec, curve: Sequence[float], n_epochs: int, trials: Sequence[Trial]) -> bool:
    return is_hopeless(curve, give_up_bounds(spec, n_epochs, trials))


@pytest.mark.parametrize(("rmse", "expected"), [(0.931, True), (0.929, False), (0.93, False)])
def test_above_the_median_after_the_same_epoch(rmse: float, expected: bool) -> None:
    assert gives_up(SPEC, [1.0, rmse], 4, FIVE) is expected


def test_its_own_lowest_counts() -> None:
    assert not gives_up(SPEC, [0.92, 0.99], 4, FIVE)


def test_not_in_the_first_third_and_not_after_the_last_epoch() -> None:
    assert not gives_up(SPEC, [9.0], 4, FIVE)
    assert gives_up(SPEC, [9.0, 9.0, 9.0], 4, FIVE)
    assert not gives_up(SPEC, [9.0, 9.0, 9.0, 9.0], 4, FIVE)
    long = [trial(n, *[0.9] * 9) for n in range(5)]
    assert [gives_up(SPEC, [9.0] * epoch, 9, long) for epoch in range(1, 10)] == [False] * 3 + [True] * 5 + [False]


def test_not_before_five_have_finished() -> None:
    assert not gives_up(SPEC, [9.0, 9.0], 4, FIVE[:4])
    assert not gives_up(SPEC, [9.0, 9.0], 4, [*FIVE[:4], trial(4, 0.9, 0.9, state="pruned")])


def test_those_that_were_given_up_do_not_move_the_median() -> None:
    worse = [trial(5 + n, 1.0, 5.0, state="pruned") for n in range(9)]
    assert gives_up(SPEC, [1.0, 0.94], 4, [*FIVE, *worse])


def test_not_where_the_number_of_epochs_is_varied() -> None:
    spec = SweepSpec(SearchSpace.read(["n_epochs=2:8"]))
    assert not gives_up(spec, [9.0, 9.0], 4, FIVE)


def test_the_bounds_themselves() -> None:
    assert give_up_bounds(SPEC, 4, FIVE) == (None, 0.93, 0.9, None)
    assert give_up_bounds(SPEC, 1, FIVE) == (None,)
    assert give_up_bounds(SPEC, 4, FIVE[:4]) == ()
    assert not is_hopeless([9.0], ()) and not is_hopeless([], (0.1,))


RMSE = st.floats(0.5, 2.0)
N_EPOCHS = 6


@given(
    st.lists(st.lists(RMSE, min_size=N_EPOCHS, max_size=N_EPOCHS), min_size=3, max_size=9),
    st.lists(RMSE, min_size=1, max_size=N_EPOCHS - 1),
)
def test_it_is_the_rule_that_optuna_has(others: list[list[float]], curve: list[float]) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = optuna.pruners.MedianPruner(N_STARTUP_TRIALS, n_warmup_steps=1 + N_EPOCHS // 3)
    study = optuna.create_study(pruner=pruner)
    for other in others:
        study.add_trial(create_trial(value=other[-1], intermediate_values=dict(enumerate(other, start=1))))
    running = create_trial(state=TrialState.RUNNING, intermediate_values=dict(enumerate(curve, start=1)))
    trials = [trial(n, *other) for n, other in enumerate(others)]
    assert gives_up(SPEC, curve, N_EPOCHS, trials) == pruner.prune(study, running)
