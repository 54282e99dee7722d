"""The sentences about a failure, on made-up histories: each rule seen and not seen, its numbers worked out by hand."""

import pytest

from cf_core.insight.baselines import Baseline
from cf_core.teaching.failure_report import report_failure
from cf_core.teaching.failures import FAILURES
from cf_core.training.events import BatchEnded, FitEnded, FitStarted
from cf_core.training.history import History
from tests.teaching.test_diagnosis import story

MEAN = Baseline("global mean", 1.1, 0.8, "", "")
BASELINES = [MEAN, Baseline("user and movie means", 0.8, 0.7, "", "")]


def ended(train: list[float], valid: list[float], first_report: float | None = None, outcome="finished") -> History:
    """A run of 100 batches an epoch that ended."""
    history = story(train, valid)
    history.started = FitStarted(6_400, 1_600, 100, len(train), 1_000, "cpu", "Model()")
    if first_report is not None:
        history.batches.append(BatchEnded(1, 2, 100, 1, first_report, 0.1))
    history.ended = FitEnded(outcome, len(train), 1.0)
    return history


HEALTHY = ended([1.0, 0.7], [0.85, 0.75], 1.7)


def report(name: str, history: History, control: History | None = HEALTHY, baselines=BASELINES) -> str:
    return " ".join(report_failure(FAILURES[name], history, control, baselines))


def test_overfitting_is_reported_with_its_epoch() -> None:
    text = report("adamw", ended([0.9, 0.6, 0.3], [0.8, 0.85, 0.88], 1.7))
    assert "lowest after epoch 1 (0.800) and ended at 0.880, 10.0% above that" in text
    assert "kept falling from 0.900 to 0.300" in text
    assert "The gap between training and validation loss is 0.580; in the healthy run it is 0.050." in text


def test_where_it_did_not_overfit_that_is_said() -> None:
    text = report("adamw", ended([0.9, 0.6], [0.8, 0.78], 1.7))
    assert "It did not overfit this time: the validation loss ended at 0.780, and its lowest was 0.780." in text
    assert "It overfits" not in text


def test_overfitting_is_reported_where_another_failure_was_announced() -> None:
    assert "It overfits" in report("one-batch", ended([0.9, 0.6, 0.3], [0.8, 0.85, 0.88], 1.7))


def test_saturation_by_the_loss_of_the_global_mean() -> None:
    text = report("huge-weights", ended([6.0, 3.3], [5.0, 4.0], 6.5))
    assert "ended at 3.300, 3.0 times the 1.100 of always predicting the mean" in text
    away = report("huge-weights", ended([6.0, 2.7], [5.0, 2.8], 6.5))
    assert "no longer that of predictions at the ends of the range" in away
    assert "the training loss went from 6.500 to 2.700 in 200 steps." in away
    assert "ends of the range" not in report("huge-weights", ended([6.0, 2.7], [5.0, 2.8], 6.5), baselines=[])
    assert "wrong end of the range" not in report("rate", ended([6.0, 3.3], [5.0, 4.0], 6.5))  # it has no sigmoid


def test_stuck_within_a_tenth() -> None:
    assert "It hardly moved: the training loss went from 1.700 to 1.600 in 200 steps." in report(
        "one-batch", ended([1.7, 1.6], [1.7, 1.6], 1.7)
    )
    assert "It did move this time: the training loss went from 1.700 to 1.500" in report(
        "one-batch", ended([1.7, 1.5], [1.7, 1.6], 1.7)
    )


def test_underfitting_by_the_training_loss_of_the_healthy_run() -> None:
    text = report("no-bias", ended([1.1, 0.9], [1.0, 0.95], 1.7))
    assert "its training loss is 0.900, the healthy run's 0.700" in text
    same = report("no-bias", ended([1.1, 0.701], [1.0, 0.95], 1.7))
    assert "It fits its training ratings about as well as the healthy run: 0.701 and 0.700." in same


def test_divergence_with_the_message_of_the_loop() -> None:
    history = ended([], [], outcome="diverged")
    history.ended = FitEnded("diverged", 0, 1.0, "The training loss is 9,999 at batch 60 of epoch 1.")
    history.batches = [BatchEnded(1, batch, 100, 1, loss, 0.5) for batch, loss in ((20, 5.0), (40, 3.0), (60, 9999.0))]
    text = report("rate", history)
    assert "It diverged. The training loss is 9,999 at batch 60 of epoch 1." in text
    assert "Its lowest training loss until then was 3.000." in text
    assert "The healthy run ended at 0.750 (RMSE 0.866 stars)." in text
    assert "It did not diverge this time: the training loss went from 13.000 to 0.600" in report(
        "rate", ended([3.0, 0.6], [1.5, 1.2], 13.0)
    )


@pytest.mark.parametrize(
    ("valid", "words"),
    [
        (0.7, "beats global mean (1.100) and user and movie means (0.800)."),
        (0.9, "beats global mean (1.100) but does not beat user and movie means (0.800)."),
        (1.2, "does not beat global mean (1.100) or user and movie means (0.800)."),
    ],
)
def test_the_baselines_that_it_beats(valid: float, words: str) -> None:
    assert f"Its validation loss of {valid:.3f} {words}" in report("no-bias", ended([0.9], [valid], 1.7))
    assert "beat" not in report("no-bias", ended([0.9], [valid], 1.7), baselines=[])


@pytest.mark.parametrize(
    ("valid", "words"),
    [(0.9, "this one 0.150 worse"), (0.6, "this one 0.150 better"), (0.754, "this one about as well")],
)
def test_beside_the_healthy_run(valid: float, words: str) -> None:
    assert words in report("no-bias", ended([0.9], [valid], 1.7))


@pytest.mark.parametrize("control", [None, ended([1.0], [0.85], outcome="stopped"), story([1.0], [0.85])])
def test_a_healthy_run_that_has_not_finished_is_no_measure(control: History | None) -> None:
    assert "healthy" not in report("no-bias", ended([0.9], [0.9], 1.7), control)
