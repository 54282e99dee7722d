"""The gallery of failures: one thing is broken in each, and on the embedded ratings it shows."""

import pytest

from cf_core.data.split import Split
from cf_core.insight.baselines import baselines
from cf_core.teaching.config_diff import differing_settings
from cf_core.teaching.failure_report import report_failure
from cf_core.teaching.failures import FAILURES
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState

BROKEN = {
    "no-bias": ["kind"],
    "wrong-range": ["range margin"],
    "rate": ["phase 1, learning rate"],
    "huge-weights": ["init low", "init high"],
    "no-decay": ["weight decay"],
    "adamw": ["optimizer"],
    "one-factor": ["factors"],
    "one-batch": ["batch size"],
}
SHOWS = {
    "rate": "It diverged.",
    "no-decay": "It overfits: the validation loss was lowest after epoch 2",
    "one-batch": "It hardly moved: the training loss went from 1.74",
}
"""Those whose broken run takes about a second, and how the story of it begins."""


@pytest.mark.parametrize("name", FAILURES)
def test_one_thing_differs_from_the_healthy_run(name: str) -> None:
    failure = FAILURES[name]
    changes = differing_settings(failure.control, failure.config)
    assert [change.setting for change in changes] == BROKEN[name]


@pytest.mark.parametrize(
    ("name", "number"), [("rate", "learning rate"), ("no-decay", "weight decay"), ("one-factor", "factors")]
)
def test_the_words_have_the_numbers(name: str, number: str) -> None:
    failure = FAILURES[name]
    (change,) = differing_settings(failure.control, failure.config)
    assert failure.change == f"{number}: {change.first} → {change.second}"


def test_the_gallery_is_whole() -> None:
    assert list(FAILURES) == list(BROKEN)


@pytest.mark.parametrize("name", ["rate", pytest.param("no-decay", marks=pytest.mark.slow), "one-batch"])
def test_it_shows_when_it_is_tried(split: Split, name: str) -> None:
    history = History.of(fit(TrainingState.start(FAILURES[name].config, split)))
    assert SHOWS[name] in report_failure(FAILURES[name], history, None, baselines(split))[0]
