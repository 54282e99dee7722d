"""How long a sweep will train, from runs whose times are known."""

from datetime import UTC, datetime

import pytest

from cf_core.config import with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.sweep_time import seconds_of_sweep
from cf_core.sweeps.space import Interval, SearchSpace
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.recipes import RECIPES

FAST = RECIPES["fast"].config
BASE = RunSpec("data", SplitConfig(), with_settings(FAST, {"n_epochs": 4}))
RATES = SearchSpace({"learning_rate": Interval(0.01, 0.1, log=True)})


def run(seconds: float, n_epochs: int = 4, data: str = "data", outcome="finished", **settings) -> Run:
    config = with_settings(FAST, {"n_epochs": n_epochs, **settings})
    spec = RunSpec(data, SplitConfig(), config)
    return Run("id", spec, "me", outcome, "", datetime.now(UTC), seconds, n_epochs)


def test_it_is_all_trials_and_the_winner_at_the_median_seconds_of_an_epoch() -> None:
    runs = [run(4.0), run(30.0, n_epochs=10), run(8.0)]  # 1, 3 and 2 seconds an epoch
    assert seconds_of_sweep(BASE, SweepSpec(RATES, n_trials=9), runs) == pytest.approx((9 + 1) * 4 * 2)


def test_runs_of_other_recipes_batches_and_data_or_that_were_cut_short_do_not_tell() -> None:
    others = [run(4.0, batch_size=64), run(4.0, data="other"), run(4.0, outcome="stopped"), run(0.0)]
    assert seconds_of_sweep(BASE, SweepSpec(RATES), others) is None
    assert seconds_of_sweep(BASE, SweepSpec(RATES), []) is None


def test_the_minutes_end_it_and_varied_epochs_count_with_their_middle() -> None:
    assert seconds_of_sweep(BASE, SweepSpec(RATES, n_trials=500, minutes=2), [run(4.0)]) == 120
    epochs = SearchSpace({"n_epochs": Interval(2, 10)})
    assert seconds_of_sweep(BASE, SweepSpec(epochs, n_trials=9), [run(4.0)]) == pytest.approx((9 + 1) * 6 * 1)
