"""What a history says of a run: how far it is, whether it is paused, what had happened by then."""

import json

import pytest

from cf_core.training.commands import FollowSchedule, Pause, Resume, SetLearningRate, StepBatch, Watch
from cf_core.training.events import BatchEnded, CommandTaken, EpochEnded, FitStarted
from cf_core.training.history import History
from tests.training.fitting import run


def test_history_goes_through_json():
    history = run()
    assert History.from_json(json.loads(json.dumps(history.to_json()))) == history


def test_progress_by_hand():
    started = FitStarted(104, 26, 7, 4, 135, "cpu", "")
    history = History.of([started])
    assert history.progress() == (0, None, None)
    history.add(BatchEnded(1, 7, 7, 1, 1.0, 0.1, seconds=2.0))
    history.add(EpochEnded(1, 1, 1.0, 1.0, 1.0, 1.0, 0.1, seconds=2.0, ratings_per_second=52.0))
    assert history.progress() == (0.25, 52, 6)
    history.add(BatchEnded(2, 1, 2, 1, 1.0, 0.1, seconds=1.0))
    # One and a half of four epochs, 156 ratings, in 3 seconds: 2.5 epochs of 2 seconds are left.
    assert history.progress() == (0.375, 52, 5)


def test_progress_ends_at_one():
    fraction, ratings_per_second, seconds_left = run().progress()
    assert (fraction, seconds_left) == (1, 0) and ratings_per_second > 0


def test_history_until_is_what_had_happened_by_then():
    history = run()
    cut = history.until(1, 2)
    assert [(e.epoch, e.batch) for e in cut.batches] == [*((1, b) for b in range(1, 8)), (2, 1), (2, 2)]
    assert [e.epoch for e in cut.epochs] == [1] and cut.ended is None and cut.started == history.started


@pytest.mark.parametrize(
    ("given", "paused"),
    [
        ([Pause()], True),
        ([Pause(), SetLearningRate(0.2)], True),
        ([Pause(), FollowSchedule(), Watch(0, 0)], True),
        ([Pause(), Resume()], False),
        ([Pause(), StepBatch()], False),
        ([], False),
    ],
)
def test_paused_is_what_the_last_command_says(given, paused):
    """As the loop reports them, before anything has been trained since."""
    history = History.of([CommandTaken(1, 0, 7, command.kind) for command in given])
    assert history.paused is paused


def test_a_step_that_is_done_is_a_pause_again():
    history = History.of([CommandTaken(1, 2, 7, "step_batch"), BatchEnded(1, 3, 7, 1, 1.0, 0.1)])
    assert history.paused
    history = History.of([CommandTaken(1, 2, 7, "step_epoch"), BatchEnded(1, 3, 7, 1, 1.0, 0.1)])
    assert not history.paused
    history.add(BatchEnded(1, 7, 7, 1, 1.0, 0.1))
    assert history.paused


def test_commands_of_runs_stored_by_earlier_versions_are_read():
    stored = [
        {"event": "command_taken", "epoch": 1, "batch": 2, "n_batches": 7, "command": name}
        for name in ("Pause", "StepBatch")
    ]
    assert [command.command for command in History.from_json(stored).commands] == ["pause", "step_batch"]
