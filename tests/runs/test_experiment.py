"""Runs as a table: only settings that differ, numbers as numbers, and what came of them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from cf_core.config import TrainingConfig, with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.experiment import GAP, INNER_RMSE, RMSE, SECONDS, experiment, experiment_of_trials
from cf_core.runs.spec import Run, RunSpec
from cf_core.training.recipes import RECIPES
from tests.sweeps.trials import trial

FAST, NET = RECIPES["fast"].config, RECIPES["notebook-net"].config


def run(run_id: str, config: TrainingConfig = FAST, rmse: float | None = 0.9, **more) -> Run:
    spec = RunSpec("data", SplitConfig(), config)
    outcome = more.pop("outcome", "finished")
    return Run(run_id, spec, "me", outcome, "", datetime.now(UTC), rmse=rmse, seconds=1.5, **more)


def test_only_settings_that_differ_are_columns() -> None:
    found = experiment([run("a"), run("b", with_settings(FAST, {"n_factors": 7}), 0.8)], {"a": 0.64})
    assert found.settings == ("factors",)
    assert found.table["factors"].to_dict() == {"a": FAST.model.n_factors, "b": 7}
    assert found.results == (RMSE, GAP, SECONDS)
    assert found.table.loc["a", [RMSE, GAP, SECONDS]].tolist() == pytest.approx([0.9, 0.1, 1.5])
    assert np.isnan(found.table.loc["b", GAP])


def test_without_any_training_loss_there_is_no_gap() -> None:
    assert experiment([run("a"), run("b")], {}).results == (RMSE, SECONDS)


def test_runs_without_an_rmse_or_that_diverged_are_left_out() -> None:
    runs = [run("a"), run("b", rmse=None), run("c", outcome="diverged"), run("d", rmse=float("inf"))]
    assert experiment(runs, {}).table.index.tolist() == ["a"]
    assert experiment([], {}).table.empty


def test_a_setting_that_a_run_does_not_have_is_missing_and_a_name_is_text() -> None:
    table = experiment([run("a"), run("b", NET)], {}).table
    assert np.isnan(table.loc["a", "hidden"]) and table.loc["b", "hidden"] == NET.model.n_hidden
    assert table["kind"].tolist() == ["bias", "net"]
    assert set(table["start at mean"]) == {"yes", "no"}


def test_runs_on_other_splits_are_told_apart() -> None:
    other = run("b")
    other = replace(other, spec=replace(other.spec, split=SplitConfig(seed=7)))
    assert [name for name in experiment([run("a"), other], {}).settings if name.startswith("split")] == ["split, seed"]


def test_the_most_telling_settings_have_most_values_and_none_twice() -> None:
    configs = [with_settings(FAST, {"learning_rate": rate, "n_factors": n, "seed": n}) for rate, n in
               ((0.01, 5), (0.02, 5), (0.03, 9))]  # fmt: skip
    found = experiment([run(f"{number}", config) for number, config in enumerate(configs)], {})
    assert set(found.settings) == {"learning rate", "factors", "seed"}
    assert found.telling(9) == ["learning rate", "factors"], "factors and seed divide the runs alike"
    assert found.telling(1) == ["learning rate"]


def test_trials_have_their_varied_settings_and_the_rmse_that_they_were_judged_by() -> None:
    trials = {
        "a": trial(0, 0.95, 0.9, seconds=2.0, n_factors=5, optimizer="adam"),
        "b": trial(1, 0.99, state="pruned", seconds=1.0, n_factors=9, optimizer="sgd"),
        "c": trial(2, 3.0, state="diverged", n_factors=7, optimizer="sgd"),
        "d": trial(3, state="failed", n_factors=7, optimizer="sgd"),
    }
    found = experiment_of_trials(trials, ["n_factors", "optimizer"])
    assert found.settings == ("factors", "optimizer") and found.results == (INNER_RMSE, SECONDS)
    assert found.table.index.tolist() == ["a", "b"]
    assert found.table["factors"].tolist() == [5.0, 9.0] and found.table["optimizer"].tolist() == ["adam", "sgd"]
    assert found.table[INNER_RMSE].tolist() == [0.9, 0.99] and found.table[SECONDS].tolist() == [2.0, 1.0]
    assert experiment_of_trials({}, ["n_factors"]).table.empty
