"""Trains a stored run, for the command line and for the workers alike."""

import contextlib
import itertools
import platform
import queue
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.environment import positive_int_from_env
from cf_core.errors import CFError, LostRankError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.insight.snapshot import MOST_ITEMS, snapshot
from cf_core.runs.spec import Purpose, Run
from cf_core.runs.store.patience import patiently
from cf_core.runs.store.run_store import RunStore
from cf_core.sweeps.pruning import is_hopeless
from cf_core.training.checkpoint import load_checkpoint, save_checkpoint
from cf_core.training.commands import Command, Interrupt, Resume, SetDown, Stop
from cf_core.training.device import resolve_device
from cf_core.training.events import CommandTaken, EpochEnded, Event, FitEnded, FitStarted
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import TrainingState

if TYPE_CHECKING:
    from cf_core.training.distributed.team import Team

REPORTS: dict[Purpose, int] = {"train": 50, "rate-search": 200, "trial": 10}
"""Reports of the loss per epoch. A rate search has one epoch, and its curve is all that it leaves; of trials there are
hundreds, and nobody looks closer at them than at their epochs."""

SHUT_DOWN = "Its worker was shut down, as when the server ends. Resume it to continue where it stopped."


def execute(
    store: RunStore,
    run_id: str,
    commands: "queue.SimpleQueue[Command] | None" = None,
    read: Callable[[str], Ratings] = read_ratings,
    team: "Team | None" = None,
) -> Iterator[Event]:
    """Train the queued run `run_id` and yield its events, each after it has been stored.

    A run with a checkpoint continues from it, to the same numbers as without the break. Its events until then are
    yielded again first, so that the caller gets the complete history. A checkpoint is saved after every epoch and at a
    stop; a snapshot, for the film of the training, at the start and after every epoch.

    A run that finishes keeps its factors, and so does one that is stopped after some batches; a failed or diverged run
    keeps none. Rate searches and trials keep their history alone: no factors, no checkpoint, no snapshots; one that was
    cut off is trained anew. A trial is stopped after an epoch that shows it to be hopeless, see `give_up_bounds`.

    The command `Interrupt` ends the run as "interrupted" after a checkpoint, without a `FitEnded`. `SetDown` does not
    end it: the last event is then the `CommandTaken` that says so, once checkpoint and factors are stored; a trial gets
    a checkpoint then, and loses it at its end.

    A database that is away for a while is waited for, see `patiently`: the training stands still meanwhile, and goes on
    to the same numbers.

    Any exception ends the run before it propagates: as "interrupted" on a shutdown (KeyboardInterrupt, a generator
    closed early) and where a rank of its team was lost, and otherwise as "failed" with the reason.

    Args:
        commands: the queue of commands that the run obeys while it trains.
        read: reads the data set in a folder; may be one with a cache.
        team: the processes that train the run together, of which this one is the first; None where it trains alone.

    Raises:
        CFError: the data, a setting, the checkpoint or the store cannot be used, or `CF_LAB_THREADS`, the number of
            threads of a training (default 1), is not a number from 1.
    """
    with _end_run_on_error(store, run_id):
        # On small data a second thread only waits for the first, and takes a core from another training.
        torch.set_num_threads(positive_int_from_env("CF_LAB_THREADS", 1))
        run = patiently(lambda: store.get(run_id))
        ratings, device = read(run.spec.data), resolve_device(run.spec.device)
        if run.has_checkpoint:
            run.check_data(ratings)
    # Outside `_end_run_on_error`: a run that the store does not give to this process is not this process's to end.
    _begin(store, run_id, ratings.require_fingerprint(), _versions(team))
    with _end_run_on_error(store, run_id):
        start = team.start if team else TrainingState.start
        training = start(run.spec.config, split_ratings(ratings, run.spec.split), device)
        history = _restore(store, run, training)
        if team:
            team.align(training)
        yield from _train(store, run, training, history, commands)


def _begin(store: RunStore, run_id: str, fingerprint: str, versions: dict[str, str]) -> None:
    tries = itertools.count()
    patiently(lambda: store.begin(run_id, fingerprint=fingerprint, versions=versions, again=next(tries) > 0))


def _restore(store: RunStore, run: Run, training: TrainingState) -> History:
    """Bring `training` forward to the run's checkpoint, and the stored history back to it; the history until then."""
    history = History()
    if run.has_checkpoint:
        with store.files.reading_checkpoint(run.run_id) as path:
            load_checkpoint(training, path)
        history = store.history(run.run_id).until(training.n_epochs_done, training.epoch_progress.n_batches)
    if history.paused:
        epoch, batch = training.n_epochs_done + 1, training.epoch_progress.n_batches
        history.add(CommandTaken(epoch, batch, training.n_batches, Resume.kind))
    if history.watched is not None:
        training.watched = history.watched.user_idx, history.watched.item_idx
    patiently(lambda: store.rewind(run.run_id, history))
    return history


def _train(
    store: RunStore,
    run: Run,
    training: TrainingState,
    history: History,
    commands: "queue.SimpleQueue[Command] | None",
) -> Iterator[Event]:
    earlier = [event for event in history.events() if not isinstance(event, FitStarted)]
    keeps_model = run.spec.purpose == "train"
    commands = queue.SimpleQueue() if commands is None else commands
    bounds = run.spec.sweep.give_up_above if run.spec.sweep else ()
    if keeps_model and training.epoch_progress.n_batches == 0:  # the start, or an epoch that lost its snapshot
        _save_snapshot(store, run.run_id, training)
    for event in fit(training, commands, REPORTS[run.spec.purpose]):
        if isinstance(event, CommandTaken) and event.command == Interrupt.kind:
            _save_progress(store, run, training, history)
            patiently(lambda: store.interrupt(run.run_id, SHUT_DOWN))
            return
        if isinstance(event, CommandTaken) and event.command == SetDown.kind:
            _set_down(store, run, training, history)
            yield event
            return
        history.add(event)
        if isinstance(event, EpochEnded):
            _save_progress(store, run, training, history)
            if keeps_model:
                _save_snapshot(store, run.run_id, training)
            if is_hopeless([epoch.rmse for epoch in history.epochs], bounds):
                commands.put(Stop())
        elif isinstance(event, FitEnded):
            _finish(store, run, training, history, event)
        yield event
        if isinstance(event, FitStarted):
            yield from earlier


def _save_progress(store: RunStore, run: Run, training: TrainingState, history: History) -> None:
    """Row first, then checkpoint: a crash in between loses nothing, since a run continues from its checkpoint."""
    patiently(lambda: store.add_epoch(run.run_id, history))
    if history.batches and run.spec.purpose == "train":
        _save_checkpoint(store, run.run_id, training)


def _save_checkpoint(store: RunStore, run_id: str, training: TrainingState) -> None:
    """Replace the checkpoint, unless others have taken the run over, who go on from theirs."""
    with store.files.replacing_checkpoint(run_id) as path:
        save_checkpoint(training, path)
        patiently(lambda: store.check_held(run_id))


def _set_down(store: RunStore, run: Run, training: TrainingState, history: History) -> None:
    """Store all that the run has, the factors too: it may be stopped before it goes on."""
    _save_progress(store, run, training, history)
    if history.batches and run.spec.purpose == "train":
        store.keep_factors(run.run_id, training.fitted_factors())
    elif history.batches and run.spec.purpose == "trial":
        _save_checkpoint(store, run.run_id, training)


def _save_snapshot(store: RunStore, run_id: str, training: TrainingState) -> None:
    factors = training.fitted_factors()
    items = popular_trained_items(factors, training.split.ratings, MOST_ITEMS)
    store.files.add_snapshot(run_id, snapshot(factors, items, training.n_epochs_done))


def _finish(store: RunStore, run: Run, training: TrainingState, history: History, ended: FitEnded) -> None:
    factors: FittedFactors | None = None
    if ended.outcome == "stopped":
        _save_progress(store, run, training, history)
    else:
        patiently(lambda: store.add_epoch(run.run_id, history))
    if ended.outcome in ("finished", "stopped") and history.batches and run.spec.purpose == "train":
        factors = training.fitted_factors()
    patiently(lambda: store.finish(run.run_id, ended, factors))


@contextlib.contextmanager
def _end_run_on_error(store: RunStore, run_id: str) -> Iterator[None]:
    """Any exception in the block ends the run in the store before it propagates."""
    try:
        yield
    except (GeneratorExit, KeyboardInterrupt):
        store.interrupt(run_id, "The process that trained it was shut down. Resume it to continue where it stopped.")
        raise
    except LostRankError as error:
        store.interrupt(run_id, str(error))
        raise
    except Exception as error:
        store.finish(run_id, FitEnded("failed", len(store.history(run_id).epochs), 0.0, reason_of(error)), None)
        raise


def reason_of(error: Exception) -> str:
    """Why a run failed, in words for a page."""
    if isinstance(error, CFError):
        return str(error)
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return "The machine or its GPU ran out of memory. Take fewer factors or a smaller batch."
    return f"A defect of CF Lab: {type(error).__name__}: {error}"


def _versions(team: "Team | None") -> dict[str, str]:
    """The versions of what a run's numbers depend on besides its specification; in a team, how many add up."""
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    return versions if team is None else {**versions, "processes": str(team.ranks.n_ranks)}
