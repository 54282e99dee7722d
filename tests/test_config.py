"""Settings: ranges, JSON, and what changing one of them means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cf_core.config import ModelConfig, Phase, TrainingConfig, setting_value, with_settings
from cf_core.errors import ConfigError
from cf_core.settings import SETTINGS, Setting
from cf_core.training.recipes import RECIPES, recipe

BIAS = RECIPES["notebook-bias"].config
ONE_PHASE = RECIPES["notebook-learner"].config


@pytest.mark.parametrize("name", RECIPES)
def test_json_gives_the_recipe_back(name):
    config = RECIPES[name].config
    assert TrainingConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_a_damaged_record_is_a_named_error():
    record = BIAS.to_json()
    with pytest.raises(ConfigError, match="surprise"):
        TrainingConfig.from_json({**record, "surprise": 1})
    with pytest.raises(ConfigError, match="phases"):
        TrainingConfig.from_json({key: value for key, value in record.items() if key != "phases"})


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if isinstance(setting, Setting)])
def test_every_range_is_enforced_at_both_ends(name):
    setting = SETTINGS[name]
    for value in (setting.low, setting.high):
        if name in ("init_low", "init_high"):
            with_settings(ONE_PHASE, {"init_low": value, "init_high": value})
        else:
            with_settings(ONE_PHASE, {name: setting.kind(value)})
    for value in (setting.low - 1, setting.high + 1, float("nan"), "many", None):
        with pytest.raises(ConfigError, match=name):
            with_settings(ONE_PHASE, {name: value})


def test_text_is_read_as_the_settings_type():
    config = with_settings(BIAS, {"n_factors": "20", "weight_decay": "1e-3", "optimizer": "adamw"})
    assert (config.model.n_factors, config.weight_decay, config.optimizer) == (20, 1e-3, "adamw")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"n_factor": 3}, "n_factors"),
        ({"optimizer": "lion"}, "sgd, adam, adamw"),
        ({"n_factors": "2.5"}, "whole number"),
        ({"n_factors": 2.5}, "whole number"),
        ({"init_low": 1, "init_high": 0}, "Swap"),
        ({"schedule": "linear"}, "one-cycle"),
    ],
)
def test_a_wrong_setting_says_what_to_do(settings, says):
    with pytest.raises(ConfigError, match=says):
        with_settings(BIAS, settings)


def test_learning_rate_keeps_the_proportion_of_the_phases():
    phases = with_settings(BIAS, {"learning_rate": 0.5}).phases
    assert [phase.learning_rate for phase in phases] == pytest.approx([0.5, 0.05])


@pytest.mark.parametrize(("n_epochs", "lengths"), [(1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (9, [3, 6])])
def test_epochs_lengthen_or_shorten_the_last_phase(n_epochs, lengths):
    config = with_settings(BIAS, {"n_epochs": n_epochs})
    assert [phase.n_epochs for phase in config.phases] == lengths
    assert config.n_epochs == n_epochs


@given(st.integers(1, 1000), st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_any_number_of_epochs_comes_out(n_epochs, lengths):
    config = TrainingConfig("x", ModelConfig(), "sgd", tuple(Phase(n, 0.1) for n in lengths))
    assert with_settings(config, {"n_epochs": n_epochs}).n_epochs == n_epochs


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("base", [BIAS, recipe("notebook-net").config])
def test_the_value_of_a_setting_is_the_one_that_changes_nothing(base, name):
    assert with_settings(base, {name: setting_value(base, name)}) == base


def test_start_at_mean_needs_biases_and_a_sigmoid():
    with pytest.raises(ConfigError, match="start_at_mean"):
        ModelConfig("dot", start_at_mean=True)


def test_an_unknown_recipe_names_those_there_are():
    with pytest.raises(ConfigError, match="notebook-dot, notebook-bias, notebook-net, notebook-learner, fast, best"):
        recipe("best-ever")


def test_only_a_model_with_interests_can_rank_by_them() -> None:
    assert ModelConfig("implicit", ranking="interests").ranking == "interests"
    with pytest.raises(ConfigError, match="kind 'implicit'"):
        ModelConfig("bias", ranking="interests")
    with pytest.raises(ConfigError, match="Choose one of: stars, interests"):
        ModelConfig("implicit", ranking="fame")
