"""A process that trains stored runs, one after the other: `python -m cf_core.runs.worker --runs DIR`.

It takes JSON lines on standard input: `{"train": run_id}`, and commands as `command_to_json` writes them, which go to
the run named last. It gives JSON lines on standard output: `{"ready": true}` once it can train, then every event with
its `run_id`. End of file on standard input ends it at once, so that no worker outlives its server. Only the pool starts
it.
"""

import argparse
import importlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cf_core.runs.store import RunStore
from cf_core.training.commands import Command, command_from_json
from cf_core.training.events import FitEnded

NICENESS = 5
"""Added to the worker's own, so that pages come first."""


class Job(NamedTuple):
    """A run to train, and the commands that come for it."""

    run_id: str
    commands: "queue.SimpleQueue[Command]"


class Worker:
    """Trains the runs that come on `requests` and tells of them on `answers`."""

    def __init__(self, store: RunStore, requests: TextIO, answers: TextIO) -> None:
        self.store, self.requests, self.answers = store, requests, answers
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()

    def run(self) -> None:
        """Serve until the process ends."""
        threading.Thread(target=self._listen, daemon=True).start()
        importlib.import_module(
            "cf_core.runs.execute"
        )  # torch, seconds of it: the end of the server is heard meanwhile

        self._tell({"ready": True})
        while True:
            self._train(self.jobs.get())

    def _listen(self) -> None:
        """Pass requests on; at end of file, end the process."""
        job: Job | None = None
        for line in self.requests:
            record = json.loads(line)
            if "train" in record:
                job = Job(record["train"], queue.SimpleQueue())
                self.jobs.put(job)
            elif job is not None:
                job.commands.put(command_from_json(record))
        try:
            if job is not None:
                self.store.interrupt(job.run_id, "The server ended while it was in training. Train it again.")
        finally:
            os._exit(0)  # from this thread nothing else ends a batch under way

    def _train(self, job: Job) -> None:
        """Train one run; whatever goes wrong with it, the next one gets its turn."""
        from cf_core.runs.execute import execute, reason_of

        try:
            for event in execute(self.store, job.run_id, job.commands):
                self._tell({"run_id": job.run_id, **event.to_json()})
        except Exception as error:
            traceback.print_exc()
            ended = FitEnded("failed", 0, 0.0, reason_of(error))
            self._tell({"run_id": job.run_id, **ended.to_json()})

    def _tell(self, record: dict[str, Any]) -> None:
        self.answers.write(json.dumps(record) + "\n")
        self.answers.flush()


def main() -> None:
    """Keep standard output to ourselves: whatever a library prints goes to standard error."""
    parser = argparse.ArgumentParser(description="Train stored runs for a server.")
    parser.add_argument("--runs", type=Path, required=True)
    folder = parser.parse_args().runs
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our input
    os.nice(NICENESS)
    Worker(RunStore(folder), sys.stdin, answers).run()


if __name__ == "__main__":
    main()
