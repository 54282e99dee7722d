"""Runs are called by what makes them different."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cf_core.config import Phase, with_settings
from cf_core.data.split import SplitConfig
from cf_core.runs.run_names import changes, run_name, run_names
from cf_core.runs.spec import Run, RunSpec
from cf_core.training.recipes import RECIPES

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def made(recipe: str = "notebook-bias", *, later: int = 0, **settings: Any) -> Run:
    spec = RunSpec("data", SplitConfig(), with_settings(RECIPES[recipe].config, settings))
    return Run(f"{recipe}-{later}", spec, "anna", "finished", "", NOON + timedelta(seconds=later), rmse=0.8541)


def test_what_it_is_what_differs_and_how_good_it_is() -> None:
    assert run_name(made()) == "biases · 0.854"
    assert run_name(made(n_factors=10)) == "biases · 10 factors · 0.854"
    assert (
        run_name(made("notebook-learner", learning_rate=0.1, weight_decay=0)) == "learner · rate 0.1 · no decay · 0.854"
    )


def test_the_owners_name_comes_first() -> None:
    assert run_name(replace(made(n_factors=1), name="mine")) == "mine · biases · 1 factor · 0.854"


@pytest.mark.parametrize(
    ("outcome", "rmse", "says"),
    [
        ("running", 0.9, "in training"),
        ("queued", None, "in training"),
        ("diverged", 9.0, "diverged"),
        ("failed", None, "failed"),
        ("stopped", 0.9, "0.900"),
        ("interrupted", None, "interrupted"),
    ],
)
def test_what_became_of_it(outcome, rmse: float | None, says: str) -> None:
    assert run_name(replace(made(), outcome=outcome, rmse=rmse)) == f"biases · {says}"


def test_many_differences_are_counted() -> None:
    run = made(n_factors=10, n_epochs=2, learning_rate=0.02, weight_decay=0.001, seed=3)
    assert run_name(run) == "biases · 10 factors · 2 epochs · rate 0.02 · 2 more · 0.854"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"batch_size": 4096}, "batch 4,096"),
        ({"optimizer": "adamw"}, "AdamW"),
        ({"update": "sparse"}, "sparse steps"),
        ({"momentum": 0}, "momentum 0"),
        ({"schedule": "one-cycle"}, "one-cycle"),
        ({"range_margin": -1.5}, "other range"),
        ({"init_low": -5, "init_high": 5}, "start ±5"),
        ({"seed": 7}, "seed 7"),
    ],
)
def test_each_setting_in_a_word_or_two(settings: dict[str, Any], says: str) -> None:
    assert changes(made(**settings).spec.config) == [says]


def test_a_further_phase_is_said() -> None:
    config = RECIPES["fast"].config
    assert changes(config.continued(3, Phase(2, 0.01))) == ["5 epochs", "continued"]


def test_every_setting_of_a_run_has_a_word() -> None:
    """A configuration that differs from its recipe anywhere is told apart from it."""
    given = {"n_hidden": 20, "dropout": 0.1, "hidden_dropout": 0.1, "implicit_weight": 1.0, "rating_decay": 0.5}
    given |= {"star_weight": 0.3}
    for name, value in {**given, "cycle_length": 2, "cycle_multiplier": 3, "n_epochs": 2}.items():
        assert len(changes(with_settings(RECIPES["best"].config, {name: value}))) == 1


def test_runs_that_are_alike_are_numbered_from_the_oldest() -> None:
    runs = [made(later=3), made(later=2, n_factors=10), made(later=1), made(later=0)]
    assert list(run_names(runs).items()) == [
        ("notebook-bias-0", "biases · 0.854"),
        ("notebook-bias-1", "biases · 0.854 (2)"),
        ("notebook-bias-2", "biases · 10 factors · 0.854"),
        ("notebook-bias-3", "biases · 0.854 (3)"),
    ]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_a_word(recipe: str) -> None:
    assert not run_name(made(recipe)).startswith(recipe + "-") and not run_name(made(recipe)).startswith("notebook")


def test_a_recipe_that_is_gone_keeps_its_name(make_spec: Callable[..., RunSpec]) -> None:
    assert run_name(Run("x", make_spec(), "anna", "finished", "", NOON, rmse=0.9)) == "tiny · 0.900"
