"""A process that trains stored runs, one after the other. Only the pool starts it.

    python -m cf_core.runs.workers.worker --data DIR

The store is where `CF_LAB_RUNS` and `CF_LAB_FILES` say.

Standard input takes the pool's requests and standard output gives the reports, each a record of `Trainer` as a line of
JSON.

End of file on standard input, which comes however the server ends, makes it exit: at once if it is idle, otherwise
after a checkpoint at the next batch. So does a line that it cannot understand, with status 1.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

from cf_core.environment import PROJECT
from cf_core.runs import event_log
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.trainer import NICENESS, Trainer


class Worker:
    """Has the runs that come on `requests` trained and reports their events on `answers`."""

    def __init__(self, address: StoreAddress, data: Path, requests: TextIO, answers: TextIO) -> None:
        self.requests, self.answers = requests, answers
        self.trainer = Trainer(address, data, self.report)

    def run(self) -> None:
        """Train until the process exits."""
        threading.Thread(target=self._listen, daemon=True).start()
        self.trainer.run()

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
                self.trainer.take(json.loads(line))
        except Exception:
            traceback.print_exc()
            status = 1
        finally:
            self.trainer.shut_down(status)


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
    worker = Worker(StoreAddress.from_env(PROJECT / "runs"), given.data, sys.stdin, answers)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=worker.trainer.shut_down, daemon=True).start())
    worker.run()


if __name__ == "__main__":
    main()
