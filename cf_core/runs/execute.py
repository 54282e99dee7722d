"""The one way to train a stored run, used by the command line and by the workers alike."""

import contextlib
import platform
import queue
from collections.abc import Callable, Iterator

import numpy as np
import torch

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.environment import positive_int_from_env
from cf_core.errors import CFError, DataMismatchError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.popular import popular_trained_items
from cf_core.insight.snapshot import MOST_ITEMS, snapshot
from cf_core.runs.leave import Leave
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore
from cf_core.training.checkpoint import load_checkpoint, save_checkpoint
from cf_core.training.commands import Command, Resume
from cf_core.training.device import resolve_device
from cf_core.training.events import CommandTaken, EpochEnded, Event, FitEnded, FitStarted
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import Training

REPORTS, SWEEP_REPORTS = 50, 200
"""Reports of the loss an epoch: a sweep is over in one, and its curve is all there is of it."""

LEFT = "Its worker was told to end, as when the server ends. Resume it to go on where it stood."


def execute(
    store: RunStore,
    run_id: str,
    commands: "queue.SimpleQueue[Command] | None" = None,
    read: Callable[[str], Ratings] = read_ratings,
) -> Iterator[Event]:
    """Train the queued run `run_id` and yield its events, each after the store has it.

    A run with a checkpoint goes on from there, to the numbers that it would have come to without the break; its events
    until then are yielded again first, so that whoever listens has the whole story. A checkpoint follows every epoch,
    and a stop; a snapshot for the film of the training shows the start and every epoch, but not of a sweep.

    A run that finishes keeps its factors, and so does one that is stopped after some batches; a failed or diverged run
    keeps none. Whatever is raised in here has ended the run first: as "interrupted" where it was told to go
    (KeyboardInterrupt, a generator closed early), as "failed" with the reason otherwise. The command `Leave` ends it as
    "interrupted" after a checkpoint, without a `FitEnded`. A sweep keeps its history alone, no weights.

    Args:
        commands: what the run is told while it trains.
        read: how its data are read; a reader with a cache will do.

    Raises:
        CFError: the data, a setting, the checkpoint or the store will not do, or `CF_LAB_THREADS`, the processor's
            threads for a training (default 1).
    """
    with _ending(store, run_id):
        # On small data a second thread only waits for the first, and takes a core from the next training.
        torch.set_num_threads(positive_int_from_env("CF_LAB_THREADS", 1))
        run = store.get(run_id)
        ratings, device = read(run.spec.data), resolve_device(run.spec.device)
        _check_same_data(run, ratings)
    store.begin(run_id, fingerprint=ratings.fingerprint, versions=_versions())  # where it cannot, the run is not ours
    with _ending(store, run_id):
        training = Training.start(run.spec.config, split_ratings(ratings, run.spec.split), device)
        yield from _train(store, run, training, _taken_up(store, run, training), commands)


def _taken_up(store: RunStore, run: Run, training: Training) -> History:
    """Move `training` on to the run's checkpoint, and the stored history back to it; what had happened until then."""
    history = History()
    if run.has_checkpoint:
        load_checkpoint(training, store.checkpoint(run.run_id))
        history = store.history(run.run_id).until(training.n_epochs_done, training.so_far.n_batches)
    if history.paused:
        epoch, batch = training.n_epochs_done + 1, training.so_far.n_batches
        history.add(CommandTaken(epoch, batch, training.n_batches, Resume.__name__))
    store.rewind(run.run_id, history)
    return history


def _train(
    store: RunStore,
    run: Run,
    training: Training,
    history: History,
    commands: "queue.SimpleQueue[Command] | None",
) -> Iterator[Event]:
    before = [event for event in history.events() if not isinstance(event, FitStarted)]
    run_id, sweeps = run.run_id, run.spec.purpose == "sweep"
    if not sweeps and training.so_far.n_batches == 0:  # the random start, or an epoch that the break took it from
        _film(store, run_id, training)
    for event in fit(training, commands, SWEEP_REPORTS if sweeps else REPORTS):
        if isinstance(event, CommandTaken) and event.command == Leave.__name__:
            _keep(store, run, training, history)
            store.interrupt(run_id, LEFT)
            return
        history.add(event)
        if isinstance(event, EpochEnded):
            _keep(store, run, training, history)
            if not sweeps:
                _film(store, run_id, training)
        elif isinstance(event, FitEnded):
            _end(store, run, training, history, event)
        yield event
        if isinstance(event, FitStarted):
            yield from before


def _keep(store: RunStore, run: Run, training: Training, history: History) -> None:
    """Row first, then checkpoint: a crash between loses nothing, since a run goes on from its checkpoint."""
    store.add_epoch(run.run_id, history)
    if history.batches and run.spec.purpose == "train":
        with store.replacing_checkpoint(run.run_id) as path:
            save_checkpoint(training, path)


def _film(store: RunStore, run_id: str, training: Training) -> None:
    """A snapshot of the weights between two epochs."""
    factors = training.fitted_factors()
    items = popular_trained_items(factors, training.split.ratings, MOST_ITEMS)
    store.add_snapshot(run_id, snapshot(factors, items, training.n_epochs_done))


def _end(store: RunStore, run: Run, training: Training, history: History, ended: FitEnded) -> None:
    factors: FittedFactors | None = None
    if ended.outcome == "stopped":
        _keep(store, run, training, history)
    else:
        store.add_epoch(run.run_id, history)
    if ended.outcome in ("finished", "stopped") and history.batches and run.spec.purpose == "train":
        factors = training.fitted_factors()
    store.finish(run.run_id, ended, factors)


@contextlib.contextmanager
def _ending(store: RunStore, run_id: str) -> Iterator[None]:
    """Whatever is raised in the block ends the run in the store on its way out."""
    try:
        yield
    except (GeneratorExit, KeyboardInterrupt):
        store.interrupt(run_id, "The process that trained it was told to end. Resume it to go on where it stood.")
        raise
    except Exception as error:
        store.finish(run_id, FitEnded("failed", store.get(run_id).n_epochs_done, 0.0, reason_of(error)), None)
        raise


def reason_of(error: Exception) -> str:
    """Why a run failed, in words that a page can show."""
    if isinstance(error, CFError):
        return str(error)
    if isinstance(error, MemoryError):
        return "The machine ran out of memory. Take fewer factors or a smaller batch."
    return f"A defect of CF Lab: {type(error).__name__}: {error}"


def _check_same_data(run: Run, ratings: Ratings) -> None:
    if run.has_checkpoint and ratings.fingerprint != run.fingerprint:
        raise DataMismatchError(
            f"The data in {run.spec.data} have changed since run {run.run_id} began. "
            "Put the old files back and resume it, or train a new run."
        )


def _versions() -> dict[str, str]:
    """Of what the numbers depend on besides the record of the run."""
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
