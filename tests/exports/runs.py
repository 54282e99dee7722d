"""Runs for tests of exports, trained in memory."""

import queue
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cf_core.config import TrainingConfig
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.runs.spec import Run, RunOutcome, RunSpec
from cf_core.training.commands import Command
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState


def run_of(
    history: History, config: TrainingConfig, split: SplitConfig, ratings: Ratings, outcome: RunOutcome = "finished"
) -> Run:
    """The run that the store would have of it."""
    last = history.epochs[-1] if history.epochs else None
    return Run(
        run_id="0a1b2c",
        spec=RunSpec(str(Path("data", ratings.name)), split, config),
        owner="",
        outcome=outcome,
        message="",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        n_epochs_done=len(history.epochs),
        valid_loss=None if last is None else last.valid_loss,
        rmse=None if last is None else last.rmse,
        fingerprint=ratings.require_fingerprint(),
    )


def trained(
    config: TrainingConfig, split: SplitConfig, ratings: Ratings, steer: Iterable[tuple[int, int, Command]] = ()
) -> tuple[TrainingState, History]:
    """A run trained to its end, and its history. Each of `steer` is a command given at the first report at or after
    that batch of that epoch."""
    state, history = TrainingState.start(config, split_ratings(ratings, split)), History()
    go_on(state, history, steer)
    return state, history


def go_on(state: TrainingState, history: History, steer: Iterable[tuple[int, int, Command]] = ()) -> None:
    """Train what is left of the state's phases."""
    commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
    waiting = list(steer)
    for event in fit(state, commands):
        history.add(event)
        batch = history.batches[-1] if history.batches else None
        while waiting and batch is not None and (batch.epoch, batch.batch) >= waiting[0][:2]:
            commands.put(waiting.pop(0)[2])
