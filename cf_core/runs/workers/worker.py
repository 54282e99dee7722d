"""A process that trains stored runs, one after the other.

    python -m cf_core.runs.workers.worker --runs DIR --data DIR

It takes JSON lines on standard input: `{"train": run_id}`, and commands as `command_to_json` writes them, which go to
the run named last. It gives JSON lines on standard output: `{"ready": true}` once it can train without delay, then
every event with its `run_id`; `{"ready": false}` where it is about to end, because the store could not be told how a
run ended. End of file on standard input, which comes however the server ends, ends it: at once where it is idle, else
after a checkpoint at the next batch. Only the pool starts it.
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

from cf_core.errors import CFError
from cf_core.runs.leave import Leave
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.data_cache import DataCache
from cf_core.training.commands import Command, command_from_json
from cf_core.training.events import FitEnded

NICENESS = 5
"""Added to the worker's own, so that pages come first."""

LEAVING_SECONDS = 20.0
"""How long a run may take to its next batch and its checkpoint when the server has ended."""


class Job(NamedTuple):
    """A run to train, and the commands that come for it."""

    run_id: str
    commands: "queue.SimpleQueue[Command]"


class Worker:
    """Trains the runs that come on `requests` and tells of them on `answers`."""

    def __init__(self, store: RunStore, data: Path, requests: TextIO, answers: TextIO) -> None:
        self.store, self.data, self.requests, self.answers = store, data, requests, answers
        self.cache = DataCache()
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.job: Job | None = None
        self.training = threading.Lock()

    def run(self) -> None:
        """Serve until the process ends."""
        threading.Thread(target=self._listen, daemon=True).start()
        self._warm_up()
        self._tell({"ready": True})
        while True:
            job = self.jobs.get()
            with self.training:
                self._train(job)

    def leave(self) -> None:
        """End the process: at once where it is idle, else when the run has its checkpoint. Not for the main thread."""
        if self.job is not None:
            self.job.commands.put(Leave())
        self.training.acquire(timeout=LEAVING_SECONDS)
        os._exit(0)  # from a thread nothing else ends what the main thread is at

    def _listen(self) -> None:
        """Pass requests on; at end of file, end the process."""
        for line in self.requests:
            record = json.loads(line)
            if "train" in record:
                self.job = Job(record["train"], queue.SimpleQueue())
                self.jobs.put(self.job)
            elif self.job is not None:
                self.job.commands.put(command_from_json(record))
        self.leave()

    def _warm_up(self) -> None:
        """Pay for what is slow at its first use: seconds, in which requests are heard already."""
        from cf_core.runs.workers.warm_up import warm_up

        with contextlib.suppress(CFError):  # a run on these data will say what is wrong with them
            warm_up(self.cache.read(self.data))

    def _train(self, job: Job) -> None:
        """Train one run; whatever goes wrong with it, the next one gets its turn."""
        from cf_core.runs.execute import execute, reason_of

        try:
            for event in execute(self.store, job.run_id, job.commands, self.cache.read):
                self._tell({"run_id": job.run_id, **event.to_json()})
        except Exception as error:
            traceback.print_exc()
            stored = self._has_ended(job.run_id)
            if not stored:
                self._tell({"ready": False})
            ended = FitEnded("failed", 0, 0.0, reason_of(error))
            self._tell({"run_id": job.run_id, **ended.to_json()})
            if not stored:
                os._exit(1)  # once we are gone, the run reads as interrupted

    def _has_ended(self, run_id: str) -> bool:
        try:
            return self.store.get(run_id).outcome not in UNFINISHED
        except CFError:
            return False

    def _tell(self, record: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError):  # the server is gone, and the other thread hears of it
            self.answers.write(json.dumps(record) + "\n")
            self.answers.flush()


def main() -> None:
    """Keep standard output to ourselves: whatever a library prints goes to standard error."""
    parser = argparse.ArgumentParser(description="Train stored runs for a server.")
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="the data set to have ready")
    given = parser.parse_args()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our input
    os.nice(NICENESS)
    worker = Worker(RunStore(given.runs), given.data, sys.stdin, answers)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=worker.leave, daemon=True).start())
    worker.run()


if __name__ == "__main__":
    main()
