"""What is asked of a run, to and from JSON."""

import json
import os
from dataclasses import replace

import pytest

from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError
from cf_core.runs.spec import RunSpec
from cf_core.training.recipes import RECIPES


@pytest.mark.parametrize("name", RECIPES)
def test_a_specification_comes_back_equal_from_json(name):
    spec = RunSpec("data", SplitConfig(0.1, 7), RECIPES[name].config, "cpu")
    assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_the_data_folder_is_made_absolute():
    assert RunSpec("data", SplitConfig(), RECIPES["fast"].config).data == os.path.join(os.getcwd(), "data")


def test_an_unknown_device_or_purpose_is_refused():
    with pytest.raises(ConfigError, match="'tpu'"):
        RunSpec("data", SplitConfig(), RECIPES["fast"].config, "tpu")
    with pytest.raises(ConfigError, match="'fun'"):
        RunSpec("data", SplitConfig(), RECIPES["fast"].config, purpose="fun")


def test_a_record_from_before_there_were_rate_searches_is_one_of_a_training():
    spec = RunSpec("data", SplitConfig(), RECIPES["fast"].config)
    record = spec.to_json()
    del record["purpose"]
    assert RunSpec.from_json(record) == spec and spec.purpose == "train"
    search = replace(spec, purpose="rate-search")
    assert RunSpec.from_json(search.to_json()) == search


@pytest.mark.parametrize("broken", [{}, {"data": "x", "split": {}, "config": {}}, {"split": {"fraction": 1}}])
def test_a_record_of_something_else_is_refused(broken):
    with pytest.raises(ConfigError, match="Train the run anew"):
        RunSpec.from_json(broken)
