"""The run that a page shows where nobody has chosen one is never a broken one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.which_run import best, best_to_fold_in, best_with_biases, made_to_fail_last, newest
from cf_core.teaching.failures import FAILURES
from cf_core.training.recipes import RECIPES

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def ended(config: TrainingConfig | str = "fast", rmse: float | None = 0.9, **more: Any) -> Run:
    config = RECIPES[config].config if isinstance(config, str) else config
    run = Run("r", RunSpec("data", SplitConfig(), config), "anna", "finished", "", NOON, rmse=rmse, has_factors=True)
    return replace(run, **more)


BROKEN = ended(FAILURES["one-factor"].config, 0.8)
DIVERGED = ended("notebook-net", 3.0, outcome="diverged", has_factors=False)
DOT = ended("notebook-dot", 1.06)


def test_the_newest_is_neither_made_to_fail_nor_failed() -> None:
    assert newest([BROKEN, DIVERGED, DOT, ended()]) is DOT
    assert newest([ended(outcome="running"), DOT]).outcome == "running"


def test_a_run_that_diverged_by_itself_is_better_than_none() -> None:
    assert newest([BROKEN, DIVERGED]) is DIVERGED
    assert newest([BROKEN]) is None
    assert newest([]) is None


def test_the_best_with_biases() -> None:
    fast, better = ended(), ended("best", 0.84)
    assert best_with_biases([BROKEN, DIVERGED, DOT, ended("notebook-net", 0.8), fast, better]) is better
    assert best_with_biases([DOT, ended(outcome="running", has_factors=False)]) is None


def test_where_none_with_biases_finished_the_newest_that_was_stopped() -> None:
    stopped, older = ended(outcome="stopped"), ended(rmse=0.8, outcome="stopped")
    assert best_with_biases([BROKEN, DOT, stopped, older]) is stopped
    assert best_with_biases([stopped, DOT, ended()]) == ended()


def test_runs_that_were_made_to_fail_come_last() -> None:
    good = ended()
    assert made_to_fail_last([BROKEN, DOT, DIVERGED, good]) == [DOT, DIVERGED, good, BROKEN]


def test_the_best_has_the_lowest_error_of_those_that_finished() -> None:
    good = ended(rmse=0.85)
    assert best([BROKEN, DIVERGED, DOT, good, ended(rmse=0.85), ended(rmse=0.84, outcome="stopped")]) is good
    assert best([BROKEN, DIVERGED, ended(rmse=None)]) is None


def test_nobody_new_is_folded_into_a_net() -> None:
    net, dot = ended("notebook-net", 0.5), ended("notebook-dot", 1.06)
    assert best_to_fold_in([net, dot, ended(rmse=0.9)]).rmse == 0.9
    assert best_to_fold_in([net]) is None
