"""The rules of the diagnosis on made-up histories, on both sides of each threshold."""

import math
from dataclasses import replace

import pytest

from cf_core.config import ModelConfig, with_settings
from cf_core.teaching.diagnosis import first_and_last_loss, has_no_factors, is_saturated, is_stuck, overfit_epoch
from cf_core.training.events import BatchEnded, EpochEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState
from tests.training.fitting import CONFIG, SPLIT, run


def story(train: list[float], valid: list[float]) -> History:
    """A history with these losses, one an epoch."""
    pairs = enumerate(zip(train, valid, strict=True), start=1)
    return History(epochs=[EpochEnded(e, 1, t, v, math.sqrt(v), v, 0.1, 1.0, 1.0) for e, (t, v) in pairs])


@pytest.mark.parametrize(
    ("train", "valid", "epoch"),
    [
        ([0.9, 0.7, 0.5, 0.3], [0.8, 0.75, 0.78, 0.85], 2),
        ([0.9, 0.7, 0.5, 0.3], [0.8, 0.75, 0.85, 0.7], None),  # rose, but not for good
        ([0.9, 0.7, 0.5, 0.3], [0.8, 0.75, 0.72, 0.72 * 1.0049], None),  # by less than half a per cent
        ([0.9, 0.7, 0.5, 0.3], [0.8, 0.75, 0.72, 0.72 * 1.0051], 3),
        ([0.9, 0.7, 0.8, 0.9], [0.8, 0.75, 0.85, 0.95], None),  # both rise: unsteady
        ([0.9], [0.8], None),
        ([], [], None),
    ],
)
def test_a_run_overfits_where_validation_turns_and_training_falls_on(train, valid, epoch) -> None:
    assert overfit_epoch(story(train, valid)) == epoch


def test_stuck_is_a_tenth_up_or_down() -> None:
    assert is_stuck(story([1.0, 0.95, 0.91], [1.0] * 3))
    assert is_stuck(story([1.0, 1.09], [1.0] * 2))
    assert not is_stuck(story([1.0, 0.89], [1.0] * 2))
    assert not is_stuck(story([1.0, 1.11], [1.0] * 2))
    assert not is_stuck(History())


def test_stuck_is_measured_from_the_first_report() -> None:
    history = story([1.0, 0.95], [1.0] * 2)
    history.batches.append(BatchEnded(1, 5, 100, 1, 1.7, 0.1))
    assert first_and_last_loss(history) == (1.7, 0.95)
    assert not is_stuck(history)


def test_saturated_is_two_and_a_half_times_the_global_mean() -> None:
    assert is_saturated(story([6.0, 2.51], [6.0, 1.0]), 1.0)
    assert not is_saturated(story([6.0, 2.49], [6.0, 6.0]), 1.0)
    assert not is_saturated(History(), 1.0)


@pytest.mark.parametrize("kind", ["dot", "bias", "implicit"])
def test_a_strong_decay_leaves_no_factors(kind) -> None:
    """And what is told from the history is told from the factors as well."""
    config = with_settings(replace(CONFIG, model=ModelConfig(kind, n_factors=4), optimizer="adam"), {"n_epochs": 15})
    for decay in (CONFIG.weight_decay, 0.9):
        training = TrainingState.start(replace(config, weight_decay=decay), SPLIT)
        history = History.of(fit(training))
        assert has_no_factors(history) == training.fitted_factors().have_vanished == (decay == 0.9)


def test_factors_that_are_small_as_they_started_are_not_gone() -> None:
    config = replace(CONFIG, model=ModelConfig("bias", n_factors=4, init_low=-0.001, init_high=0.001))
    assert not has_no_factors(run(config, reports_per_epoch=1))
    assert not has_no_factors(History())


def test_a_net_has_no_product_to_lose() -> None:
    config = replace(CONFIG, model=ModelConfig("net", n_factors=4), optimizer="adam", weight_decay=0.9)
    assert not has_no_factors(run(config))
