"""What a task leaves free, what it locks, and what it refuses."""

import json
from dataclasses import replace

import pytest

from cf_core.data.split import SplitConfig
from cf_core.errors import ConfigError, LockedSettingError
from cf_core.tasks.task import MOST_RUNS, TEXT_LENGTH, TITLE_LENGTH, Task
from cf_core.training.recipes import recipe

TASK = Task("Beat the bias model", "Two sliders are yours.", "/data/small", SplitConfig(), "fast", {"n_epochs": 3})


def test_free_settings_change_and_all_else_stays():
    config = TASK.config({"n_factors": 7})
    assert (config.model.n_factors, config.n_epochs) == (7, 3)
    assert config.batch_size == recipe("fast").config.batch_size
    assert TASK.config({}) != config


@pytest.mark.parametrize("name", ["n_epochs", "batch_size", "seed"])
def test_a_locked_setting_is_refused_by_name(name):
    with pytest.raises(LockedSettingError, match=rf"^{name} is locked in the task 'Beat the bias model'.*n_factors"):
        TASK.config({name: 1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "  "}, "needs a title"),
        ({"title": "x" * (TITLE_LENGTH + 1)}, "title has 81"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, "Shorten it to 2,000"),
        ({"recipe": "slow"}, "slow"),
        ({"free": ()}, "at least one"),
        ({"free": ("seed", "seed")}, "each once"),
        ({"free": ("n_factors", "colour")}, "no setting 'colour'"),
        ({"free": ("n_epochs",)}, "both free and locked"),
        ({"fixed": {"n_epochs": 0}}, "n_epochs"),
        ({"most_runs": 0}, "most_runs=0"),
        ({"most_runs": MOST_RUNS + 1}, "most_runs=201"),
        ({"goal": 0.0}, "goal=0.0"),
        ({"goal": float("nan")}, "goal=nan"),
    ],
)
def test_what_is_no_task_is_refused_in_words(change, message):
    with pytest.raises(ConfigError, match=message):
        replace(TASK, **change)


def test_it_survives_json():
    task = replace(TASK, most_runs=5, asks_guesses=True, goal=0.9, split=SplitConfig(seed=3))
    assert Task.from_json(json.loads(json.dumps(task.to_json()))) == task


@pytest.mark.parametrize("record", [{}, {"title": "x"}, {**TASK.to_json(), "colour": 1}, {**TASK.to_json(), "free": 1}])
def test_a_damaged_record_is_refused(record):
    with pytest.raises(ConfigError, match="Not the record of a task"):
        Task.from_json(record)
