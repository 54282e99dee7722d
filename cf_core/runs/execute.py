"""The one way to train a stored run, used by the command line and by the workers alike."""

import contextlib
import platform
import queue
from collections.abc import Iterator

import numpy as np
import torch

from cf_core.data.reading import read_ratings
from cf_core.data.split import split_ratings
from cf_core.errors import CFError
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.runs.store import RunStore
from cf_core.training.commands import Command
from cf_core.training.device import resolve_device
from cf_core.training.events import EpochEnded, Event, FitEnded
from cf_core.training.fit import fit
from cf_core.training.history import History
from cf_core.training.state import Training


def execute(store: RunStore, run_id: str, commands: "queue.SimpleQueue[Command] | None" = None) -> Iterator[Event]:
    """Train the queued run `run_id` and yield the events of `fit`, each after the store has it.

    A run that finishes keeps its factors, and so does one that is stopped after some batches; a failed or diverged run
    keeps none. Whatever is raised in here has ended the run first: as "interrupted" where it was told to go
    (KeyboardInterrupt, a generator closed early), as "failed" with the reason otherwise.

    Raises:
        CFError: the data, a setting or the store will not do.
    """
    torch.set_num_threads(1)  # on matrices as small as these a second thread only waits for the first
    with _ending(store, run_id):
        spec = store.get(run_id).spec
        ratings, device = read_ratings(spec.data), resolve_device(spec.device)
    store.begin(run_id, fingerprint=ratings.fingerprint, versions=_versions())  # where it cannot, the run is not ours
    with _ending(store, run_id):
        training = Training.start(spec.config, split_ratings(ratings, spec.split), device)
        history = History()
        for event in fit(training, commands):
            history.add(event)
            if isinstance(event, EpochEnded | FitEnded):
                store.add_epoch(run_id, history)
            if isinstance(event, FitEnded):
                store.finish(run_id, event, _factors_worth_keeping(training, history))
            yield event


@contextlib.contextmanager
def _ending(store: RunStore, run_id: str) -> Iterator[None]:
    """Whatever is raised in the block ends the run in the store on its way out."""
    try:
        yield
    except (GeneratorExit, KeyboardInterrupt):
        store.interrupt(run_id, "The process that trained it was told to end. Train it again.")
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


def _versions() -> dict[str, str]:
    """Of what the numbers depend on besides the record of the run."""
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


def _factors_worth_keeping(training: Training, history: History) -> FittedFactors | None:
    assert history.ended is not None
    trained = bool(history.batches)
    return training.fitted_factors() if trained and history.ended.outcome in ("finished", "stopped") else None
