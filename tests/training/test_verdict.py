"""The rules that turn a run's numbers into words, on made-up histories, both ways."""

import math

import pytest

from cf_core.training.events import EpochEnded
from cf_core.training.history import History
from cf_core.training.verdict import overfit_epoch


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
