from dataclasses import replace

import pytest

from cf_core.config import Phase, with_settings
from cf_core.teaching.config_diff import differing_settings
from cf_core.training.recipes import RECIPES

BIAS = RECIPES["notebook-bias"].config


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_configuration_does_not_differ_from_itself(recipe: str) -> None:
    config = RECIPES[recipe].config
    assert differing_settings(config, replace(config)) == []


def test_one_setting_one_line() -> None:
    assert differing_settings(BIAS, with_settings(BIAS, {"n_factors": 10})) == [("factors", "50", "10")]
    assert differing_settings(BIAS, replace(BIAS, seed=7)) == [("seed", "0", "7")]


def test_phases_differ_by_their_number() -> None:
    longer = replace(BIAS, phases=(*BIAS.phases, Phase(2, 0.001)))
    assert differing_settings(BIAS, longer) == [
        ("phase 3, epochs", "–", "2"),
        ("phase 3, learning rate", "–", "0.001"),
        ("phase 3, schedule", "–", "constant"),
    ]


def test_a_setting_that_a_schedule_does_not_use_is_no_difference() -> None:
    other = replace(BIAS, phases=tuple(replace(phase, cycle_length=3) for phase in BIAS.phases))
    assert differing_settings(BIAS, other) == []
    cosine = with_settings(BIAS, {"schedule": "cosine"})
    assert ("phase 1, schedule", "constant", "cosine") in differing_settings(BIAS, cosine)


def test_settings_of_one_kind_of_model_count_for_that_kind_alone() -> None:
    assert differing_settings(BIAS, replace(BIAS, model=replace(BIAS.model, n_hidden=99))) == []
    assert differing_settings(BIAS, replace(BIAS, model=replace(BIAS.model, implicit_weight=9.0))) == []
    net = RECIPES["notebook-net"].config
    assert differing_settings(net, replace(net, model=replace(net.model, n_hidden=99))) == [("hidden", "10", "99")]
    best = RECIPES["best"].config
    assert differing_settings(best, with_settings(best, {"implicit_weight": 9})) == [("implicit weight", "6", "9")]
    by_interests = replace(best, model=replace(best.model, ranking="interests"))
    assert differing_settings(best, by_interests) == [("ranking", "stars", "interests")]


def test_the_two_sides_swap() -> None:
    one, other = BIAS, RECIPES["fast"].config
    swapped = [(name, second, first) for name, first, second in differing_settings(one, other)]
    assert sorted(swapped) == sorted(tuple(line) for line in differing_settings(other, one))
