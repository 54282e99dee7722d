"""Trains stored runs, one after the other, and reports their events: what a worker does, wherever it is. Nothing in
here knows how the pool is reached.

The pool's requests are records: `{"train": run_id, "commands": […]}` with the commands that came before, and later
ones, which go to the run named last. So are the reports: `{"ready": true}` once it can train without delay, then for
each run `{"holder": …}`, the name under which the process is about to hold it, and every event with its `run_id`;
`{"ready": false}` when the process is about to exit because it could not store how a run ended.
"""

import contextlib
import logging
import os
import queue
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cf_core.errors import CFError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.patience import patiently
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.data_cache import DataCache
from cf_core.training.commands import Command, Interrupt, command_from_json
from cf_core.training.events import FitEnded

NICENESS = 5
"""Added to a worker's own niceness, so that pages come first."""

SHUT_DOWN_SECONDS = 20.0
"""How long a run may take to reach its next batch and write its checkpoint when the process is to exit."""

_log = logging.getLogger(__name__)


class Assignment(NamedTuple):
    """A run to train, and the queue of commands for it."""

    run_id: str
    commands: "queue.SimpleQueue[Command]"


class Trainer:
    """Trains the runs that it is told of.

    Args:
        address: where the runs are stored; a database that is away then is waited for, see `patiently`.
        data: the data set to read in advance.
        report: takes the reports, in the thread that calls `run`.
    """

    def __init__(self, address: StoreAddress, data: Path, report: Callable[[dict[str, Any]], None]) -> None:
        self._address, self._data, self._report = address, data, report
        self._store: RunStore
        self._cache = DataCache()
        self._assignments: queue.SimpleQueue[Assignment] = queue.SimpleQueue()
        self._latest: Assignment | None = None
        self._training = threading.Lock()

    def run(self) -> None:
        """Train until the process exits. It takes seconds until it is ready, during which requests are accepted."""
        self._store = patiently(lambda: RunStore(self._address))
        self._warm_up()
        self._report({"ready": True})
        while True:
            assignment = self._assignments.get()
            with self._training:
                self._train(assignment)

    def take(self, request: Mapping[str, Any]) -> None:
        """Take a request: a run to train, or a command for the run named last. From one thread alone.

        Raises:
            ConfigError: it is no command.
        """
        if "train" in request:
            self._latest = Assignment(request["train"], queue.SimpleQueue())
            for command in request["commands"]:
                self._latest.commands.put(command_from_json(command))
            self._assignments.put(self._latest)
        elif self._latest is not None:
            self._latest.commands.put(command_from_json(request))

    def shut_down(self, status: int = 0) -> None:
        """End the process: at once if no run is in training, otherwise once it has its checkpoint. Not for the thread
        that trains."""
        if self._latest is not None:
            self._latest.commands.put(Interrupt())
        self._training.acquire(timeout=SHUT_DOWN_SECONDS)
        os._exit(status)  # sys.exit would end this thread alone

    def _warm_up(self) -> None:
        """Do what is slow at its first use."""
        from cf_core.runs.workers.warm_up import warm_up

        with contextlib.suppress(CFError):  # a run on these data will fail with the reason
            warm_up(self._cache.read(self._data))

    def _train(self, assignment: Assignment) -> None:
        """Train one run. Whatever goes wrong with it, the next one gets its turn: from this process, or from another if
        the store could not be told."""
        from cf_core.runs.execute import execute, reason_of

        run_id = assignment.run_id
        try:
            self._report({"holder": patiently(self._store.holder)})
            for event in execute(self._store, run_id, assignment.commands, self._cache.read):
                self._report({"run_id": run_id, **event.to_json()})
        except Exception as error:
            if isinstance(error, CFError):
                _log.warning("Run %s: %s", run_id, error)
            else:
                traceback.print_exc()
            stored = self._has_ended(run_id)
            if not stored:
                self._report({"ready": False})
            ended = FitEnded("failed", 0, 0.0, reason_of(error))
            self._report({"run_id": run_id, **ended.to_json()})
            if not stored:
                os._exit(1)  # without its process the run reads as interrupted

    def _has_ended(self, run_id: str) -> bool:
        try:
            return self._store.history(run_id).ended is not None
        except CFError:
            return False
