"""A process that trains stored runs, one after the other. Only the pool starts it.

    python -m cf_core.runs.workers.worker --data DIR

The store is where `CF_LAB_RUNS` and `CF_LAB_FILES` say.

Standard input takes JSON lines: `{"train": run_id, "commands": […]}` with the commands that came before, and later
ones, which go to the run named last. Standard output gives JSON lines: `{"ready": true}` once it can train without
delay, then every event with its `run_id`; `{"ready": false}` when it is about to exit because it could not store how a
run ended.

End of file on standard input, which comes however the server ends, makes it exit: at once if it is idle, otherwise
after a checkpoint at the next batch. So does a line that it cannot understand, with status 1.
"""

import argparse
import contextlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cf_core.environment import PROJECT
from cf_core.errors import CFError
from cf_core.runs import event_log
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.data_cache import DataCache
from cf_core.training.commands import Command, Interrupt, command_from_json
from cf_core.training.events import FitEnded

NICENESS = 5
"""Added to the process's own niceness, so that pages come first."""

SHUT_DOWN_SECONDS = 20.0
"""How long a run may take to reach its next batch and write its checkpoint when the process is to exit."""


class Assignment(NamedTuple):
    """A run to train, and the queue of commands for it."""

    run_id: str
    commands: "queue.SimpleQueue[Command]"


class Worker:
    """Trains the runs that come on `requests` and reports their events on `answers`."""

    def __init__(self, store: RunStore, data: Path, requests: TextIO, answers: TextIO) -> None:
        self.store, self.data, self.requests, self.answers = store, data, requests, answers
        self.cache = DataCache()
        self.assignments: queue.SimpleQueue[Assignment] = queue.SimpleQueue()
        self.latest: Assignment | None = None
        self.training = threading.Lock()

    def run(self) -> None:
        """Train until the process exits."""
        threading.Thread(target=self._listen, daemon=True).start()
        self._warm_up()
        self.report({"ready": True})
        while True:
            assignment = self.assignments.get()
            with self.training:
                self._train(assignment)

    def shut_down(self, status: int = 0) -> None:
        """Exit: at once if no run is in training, otherwise once it has its checkpoint. Not for the main thread."""
        if self.latest is not None:
            self.latest.commands.put(Interrupt())
        self.training.acquire(timeout=SHUT_DOWN_SECONDS)
        os._exit(status)  # sys.exit would end this thread alone

    def report(self, record: dict[str, Any]) -> None:
        """Write one JSON line to the server."""
        with contextlib.suppress(BrokenPipeError):  # the server is gone, and `_listen` will notice
            self.answers.write(json.dumps(record) + "\n")
            self.answers.flush()

    def _listen(self) -> None:
        """Handle requests until end of file, then exit. Without this thread nothing would notice the server's end, so
        an error in it makes the process exit too."""
        status = 0
        try:
            for line in self.requests:
                self._handle(json.loads(line))
        except Exception:
            traceback.print_exc()
            status = 1
        finally:
            self.shut_down(status)

    def _handle(self, record: dict[str, Any]) -> None:
        if "train" in record:
            self.latest = Assignment(record["train"], queue.SimpleQueue())
            for command in record["commands"]:
                self.latest.commands.put(command_from_json(command))
            self.assignments.put(self.latest)
        elif self.latest is not None:
            self.latest.commands.put(command_from_json(record))

    def _warm_up(self) -> None:
        """Do what is slow at its first use. It takes seconds, during which requests are accepted already."""
        from cf_core.runs.workers.warm_up import warm_up

        with contextlib.suppress(CFError):  # a run on these data will fail with the reason
            warm_up(self.cache.read(self.data))

    def _train(self, assignment: Assignment) -> None:
        """Train one run. Whatever goes wrong with it, the next one gets its turn: from this process, or from another if
        the store could not be told."""
        from cf_core.runs.execute import execute, reason_of

        run_id = assignment.run_id
        try:
            for event in execute(self.store, run_id, assignment.commands, self.cache.read):
                self.report({"run_id": run_id, **event.to_json()})
        except Exception as error:
            traceback.print_exc()
            stored = self._has_ended(run_id)
            if not stored:
                self.report({"ready": False})
            ended = FitEnded("failed", 0, 0.0, reason_of(error))
            self.report({"run_id": run_id, **ended.to_json()})
            if not stored:
                os._exit(1)  # without its process the run reads as interrupted

    def _has_ended(self, run_id: str) -> bool:
        try:
            return not self.store.get(run_id).unfinished
        except CFError:
            return False


def main() -> None:
    """Start a worker. Standard output is for its reports alone: whatever a library prints goes to standard error."""
    parser = argparse.ArgumentParser(description="Train stored runs for a server.")
    parser.add_argument("--data", type=Path, required=True, help="the data set to read in advance")
    given = parser.parse_args()
    event_log.set_up()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes requests
    os.nice(NICENESS)
    worker = Worker(RunStore(StoreAddress.from_env(PROJECT / "runs")), given.data, sys.stdin, answers)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=worker.shut_down, daemon=True).start())
    worker.run()


if __name__ == "__main__":
    main()
