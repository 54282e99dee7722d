"""What is tried next follows from the specification and the trials that have ended, and from nothing else."""

import subprocess
import sys

import pytest

from cf_core.environment import PROJECT
from cf_core.sweeps.grid import grid_of
from cf_core.sweeps.proposal import N_STARTUP_TRIALS, next_settings
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import Method, SweepSpec, Trial
from tests.sweeps.trials import trial

SPACE = SearchSpace.read(["learning_rate=0.001:0.1:log", "n_factors=5:50", "optimizer=sgd,adam"])


def searched(spec: SweepSpec, n: int) -> list[Trial]:
    """The first `n` trials, where the best rate is 0.01, and factors are worth nothing."""
    trials: list[Trial] = []
    while len(trials) < n and (settings := next_settings(spec, trials)) is not None:
        rmse = abs(settings["learning_rate"] - 0.01) + 0.0001 * settings["n_factors"]
        trials.append(trial(len(trials), 1 + rmse, rmse, **settings))
    return trials


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_the_same_seed_gives_the_same_trials_and_another_does_not(method: Method) -> None:
    def first(seed: int) -> list[Trial]:
        return searched(SweepSpec(SPACE, method, 15, seed=seed), 15)

    assert first(3) == first(3)
    assert first(3) != first(4)
    assert len({each.settings["learning_rate"] for each in first(3)}) > 10


def test_a_proposal_is_the_same_in_another_process() -> None:
    spec = SweepSpec(SPACE, seed=5)
    trials = searched(spec, N_STARTUP_TRIALS + 2)
    code = f"""
from cf_core.sweeps.proposal import next_settings
from cf_core.sweeps.spec import SweepSpec, Trial
print(next_settings(SweepSpec.from_json({spec.to_json()!r}), {trials!r}))
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout.strip() == repr(next_settings(spec, trials))


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_proposals_are_in_the_space_and_of_the_type_of_the_setting(method: Method) -> None:
    for each in searched(SweepSpec(SPACE, method, 30), 30):
        assert list(each.settings) == ["learning_rate", "n_factors", "optimizer"]
        assert 0.001 <= each.settings["learning_rate"] <= 0.1
        assert float(f"{each.settings['learning_rate']:.3g}") == each.settings["learning_rate"]
        assert 5 <= each.settings["n_factors"] <= 50 and isinstance(each.settings["n_factors"], int)
        assert each.settings["optimizer"] in ("sgd", "adam")


def test_tpe_looks_where_trials_went_well() -> None:
    def share_near_the_best(method: Method) -> float:
        later = [
            each.settings["learning_rate"]
            for seed in range(3)
            for each in searched(SweepSpec(SPACE, method, 40, seed=seed), 40)[N_STARTUP_TRIALS:]
        ]
        return sum(0.005 < rate < 0.02 for rate in later) / len(later)

    assert share_near_the_best("tpe") > 1.5 * share_near_the_best("random")


def test_tpe_keeps_away_from_where_trials_diverged() -> None:
    space = SearchSpace.read(["learning_rate=0.001:0.1"])
    trials = [trial(n, 0.9, learning_rate=0.005 * n + 0.005) for n in range(10)]
    trials += [trial(n, state="diverged", learning_rate=0.005 * n + 0.005) for n in range(10, 20)]
    proposals = [next_settings(SweepSpec(space, n_trials=40, seed=seed), trials) for seed in range(40)]
    assert sum(settings["learning_rate"] > 0.055 for settings in proposals) < 40 / 4


def test_the_budget_ends_it() -> None:
    spec = SweepSpec(SPACE, "random", 3)
    assert len(searched(spec, 99)) == 3
    timed = SweepSpec(SPACE, "random", 99, minutes=2)
    settings = {"learning_rate": 0.01, "n_factors": 5, "optimizer": "sgd"}
    assert next_settings(timed, [trial(0, 0.9, seconds=119.0, **settings)]) is not None
    assert next_settings(timed, [trial(n, 0.9, seconds=60.0, **settings) for n in range(2)]) is None


def test_a_grid_goes_through_its_points_in_order() -> None:
    spec = SweepSpec(SearchSpace.read(["optimizer=sgd,adam", "learning_rate=0.001:0.1:log"]), "grid", 7)
    assert grid_of(spec) == [
        {"optimizer": optimizer, "learning_rate": rate} for optimizer in ("sgd", "adam") for rate in (0.001, 0.01, 0.1)
    ]
    assert [next_settings(spec, [trial(0, 0.9)] * n) for n in range(6)] == grid_of(spec)
    assert next_settings(spec, [trial(0, 0.9)] * 6) is None


@pytest.mark.parametrize(
    ("texts", "n_trials", "points"),
    [
        (["n_factors=10:20"], 2, [10, 20]),
        (["n_factors=10:20"], 3, [10, 15, 20]),
        (["n_factors=10:12"], 50, [10, 11, 12]),
        (["momentum=0:0.9"], 4, [0.0, 0.3, 0.6, 0.9]),
        (["n_factors=8,16,32"], 50, [8, 16, 32]),
        (["n_factors=1:100:log"], 5, [1, 3, 10, 32, 100]),
        (["n_factors=1:12:log"], 1_000, [*range(1, 13)]),
    ],
)
def test_a_grid_is_as_fine_as_the_trials_allow(texts: list[str], n_trials: int, points: list[float]) -> None:
    found = grid_of(SweepSpec(SearchSpace.read(texts), "grid", n_trials))
    assert [next(iter(point.values())) for point in found] == points


def test_a_grid_has_no_more_points_than_trials_and_one_step_finer_has() -> None:
    for n_trials in (4, 9, 26, 27, 28, 100):
        texts = ["learning_rate=0.001:0.1:log", "momentum=0:0.9", "n_factors=8,16"]
        n = len(grid_of(SweepSpec(SearchSpace.read(texts[:2]), "grid", n_trials)))
        assert n <= n_trials < (n**0.5 + 1) ** 2
        if n_trials >= 8:
            n = len(grid_of(SweepSpec(SearchSpace.read(texts), "grid", n_trials)))
            assert n <= n_trials < 2 * ((n / 2) ** 0.5 + 1) ** 2


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_trials_under_way_are_told_apart_from_the_next(method: Method) -> None:
    spec = SweepSpec(SPACE, method, 30, seed=2)
    trials = searched(spec, N_STARTUP_TRIALS + 2)
    first = next_settings(spec, trials)
    assert first is not None
    second = next_settings(spec, trials, [first])
    assert second != first
    assert second == next_settings(spec, trials, [first])


def test_trials_under_way_count_for_the_number_and_not_for_the_minutes() -> None:
    settings = {"learning_rate": 0.01, "n_factors": 5, "optimizer": "sgd"}
    timed = SweepSpec(SPACE, "random", 3, minutes=1)
    assert next_settings(timed, [trial(0, 0.9, seconds=59.0, **settings)], [settings]) is not None
    assert next_settings(timed, [trial(0, 0.9, seconds=59.0, **settings)], [settings] * 2) is None
    grid = SweepSpec(SPACE, "grid", 8)
    assert next_settings(grid, [trial(0, 0.9)], [grid_of(grid)[1]]) == grid_of(grid)[2]


def test_tpe_keeps_away_from_trials_under_way() -> None:
    """Of many proposals beside one under way near the best, fewer are near it than without."""
    space = SearchSpace.read(["learning_rate=0.001:0.1:log"])
    trials = searched(SweepSpec(SPACE, seed=1), 0)
    for n, rate in enumerate([0.001, 0.002, 0.004, 0.008, 0.01, 0.012, 0.02, 0.03, 0.05, 0.07, 0.1, 0.0015]):
        trials.append(trial(n, abs(rate - 0.01), learning_rate=rate))
    near = {"learning_rate": 0.0101}

    def n_near(under_way: list[dict[str, float]]) -> int:
        specs = [SweepSpec(space, n_trials=50, seed=seed) for seed in range(60)]
        rates = [(next_settings(spec, trials, under_way) or near)["learning_rate"] for spec in specs]
        return sum(0.008 < rate < 0.0125 for rate in rates)

    assert n_near([near] * 4) < n_near([])
