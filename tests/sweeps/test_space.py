"""What can be varied is read, checked against the settings, and goes to JSON and back."""

import json

import pytest

from cf_core.errors import ConfigError
from cf_core.sweeps.space import Interval, SearchSpace, Values
from cf_core.training.recipes import recipe


def test_texts_are_read() -> None:
    space = SearchSpace.read(
        ["learning_rate=1e-3:0.1:log", "n_factors=5:50", "optimizer=sgd,adam", "batch_size=64,128"]
    )
    assert space.varied == {
        "learning_rate": Interval(0.001, 0.1, log=True),
        "n_factors": Interval(5, 50),
        "optimizer": Values(("sgd", "adam")),
        "batch_size": Values((64, 128)),
    }
    assert SearchSpace.from_json(json.loads(json.dumps(space.to_json()))) == space


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], r"^0 settings are to be varied\. Name from 1 to 8\.$"),
        (["learning_rate"], r"^learning_rate: this is not KEY=LOW:HIGH\. Write it as in"),
        (["learning_rate="], r"^learning_rate='' is not a number\. Choose from 1e-06 to 100\.$"),
        (["rate=1:2"], r"^There is no setting 'rate'\. Settings are: n_factors, "),
        (["seed=1:2"], r"^The seed is not varied"),
        (["n_factors=5:50", "n_factors=5:60"], r"stands there twice"),
        (["n_factors=5:50:lin"], r"'lin' is no scale"),
        (["n_factors=5:50:log:log"], r"'log:log' is no scale"),
        (["n_factors=50:5"], r"^n_factors=50:5 is no range: the first end is the lower one\. Swap them\.$"),
        (["n_factors=5:5"], r"is no range"),
        (["n_factors=0:5"], r"^n_factors=0 is out of range\. Choose from 1 to 500 factors\.$"),
        (["n_factors=5:1000"], r"out of range"),
        (["n_factors=5.5:8"], r"not a whole number"),
        (["weight_decay=0:0.1:log"], r"cannot begin at 0"),
        (["learning_rate=nan:1"], r"out of range"),
        (["optimizer=a:b"], r"has no range"),
        (["optimizer=adam"], r"are one, or some are equal"),
        (["n_factors=5,5.0"], r"not a whole number"),
        (["n_factors=5,5"], r"some are equal"),
        (["optimizer=adam,rmsprop"], r"rmsprop.*is not known\. Choose one of: sgd, adam, adamw\."),
    ],
)
def test_what_is_no_space_says_why(texts: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SearchSpace.read(texts)


def test_corners_are_the_ends_in_all_combinations() -> None:
    space = SearchSpace.read(["n_factors=5:50", "optimizer=sgd,adam"])
    assert [tuple(corner.values()) for corner in space.corners()] == [
        (5, "sgd"),
        (5, "adam"),
        (50, "sgd"),
        (50, "adam"),
    ]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("notebook-bias", ["learning_rate=0.01:0.1", "n_factors=5:50"]),
        ("notebook-net", ["n_hidden=5:50"]),
        ("notebook-learner", ["cycle_length=1:3"]),
        ("notebook-bias", ["cycle_length=1:3", "schedule=constant,cosine"]),
    ],
)
def test_what_has_an_effect_can_be_varied(name: str, texts: list[str]) -> None:
    SearchSpace.read(texts).check_for(recipe(name).config)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["n_hidden=5:50"], "^n_hidden has no effect on a run of 'notebook-bias'"),
        (["learning_rate=0.01:0.1", "cycle_length=1:3"], "^cycle_length has no effect"),
        (["init_low=0.5:0.6"], "Swap the two"),
    ],
)
def test_what_has_none_or_makes_no_run_cannot(texts: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SearchSpace.read(texts).check_for(recipe("notebook-bias").config)
