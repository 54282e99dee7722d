"""The specification of a sweep, and which trial wins."""

import json
from typing import Any

import pytest

from cf_core.errors import ConfigError
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec, best_of
from tests.sweeps.trials import trial

SPACE = SearchSpace.read(["learning_rate=0.001:0.1:log", "n_factors=5:50"])


def test_it_goes_to_json_and_back() -> None:
    spec = SweepSpec(SPACE, "grid", 30, 2.5, 7)
    assert SweepSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("method", "anneal", "Choose one of: tpe, random, grid"),
        ("n_trials", 0, "trials=0 is out of range"),
        ("n_trials", 1_001, "out of range"),
        ("n_trials", 2.0, "not a whole number"),
        ("n_trials", True, "not a whole number"),
        ("minutes", 0, "minutes=0 is out of range"),
        ("minutes", float("nan"), "out of range"),
        ("seed", -1, "seed=-1 is out of range"),
    ],
)
def test_a_value_out_of_range_is_refused(field: str, value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SweepSpec(**{"space": SPACE, field: value})


def test_a_grid_needs_its_corners() -> None:
    assert SweepSpec(SPACE, "grid", 4)
    with pytest.raises(ConfigError, match="coarsest grid of these settings has 4 points, more than 3 trials"):
        SweepSpec(SPACE, "grid", 3)


def test_a_record_that_is_none_says_so() -> None:
    with pytest.raises(ConfigError, match="Not the record of a sweep"):
        SweepSpec.from_json({"space": SPACE.to_json(), "unknown": 1})


def test_the_best_has_the_lowest_last_rmse_among_those_that_finished() -> None:
    trials = [
        trial(0, 0.80, 0.95),
        trial(1, 0.99, 0.92),
        trial(2, 0.85, state="pruned"),
        trial(3, 0.5, state="diverged"),
        trial(4, 0.97, 0.92),
    ]
    assert best_of(trials) == trials[1]
    assert best_of(trials[:1]) == trials[0]
    assert best_of(trials[2:4]) is None
