"""One worker process as the pool holds it: started, written to, listened to by a thread of its own, ended.

Nothing in here knows what waits for the worker.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cf_core.environment import PROJECT
from cf_core.runs.workers.slots import Slot
from cf_core.training.commands import Command, command_to_json
from cf_core.training.events import Event, event_from_json

CLOSING_SECONDS = 25.0
"""How long a worker may take to end when it is told to. It gives itself less, and needs far less unless the disk
hangs."""


class WorkerProcess:
    """A worker for the store at `runs_folder`.

    Args:
        runs_folder: where the runs are.
        data: the data set that it is to have ready.
        slot: where it runs.
        heard: called for every event, with the worker and the id of the run.
        died: called once, when the process has ended, with the reason in words.

    Both are called in a thread of the worker's own.
    """

    def __init__(
        self,
        runs_folder: Path,
        data: Path,
        slot: Slot,
        heard: Callable[["WorkerProcess", str, Event], None],
        died: Callable[["WorkerProcess", str], None],
    ) -> None:
        self.ready, self.retiring, self.slot = False, False, slot
        self._heard, self._died = heard, died
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cf_core.runs.workers.worker", "--runs", str(runs_folder), "--data", str(data)],
            cwd=PROJECT,
            env={**os.environ, **slot.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def train(self, run_id: str, commands: Iterable[Command] = ()) -> None:
        """Have it train a run, with commands that it is to find waiting."""
        self._write({"train": run_id})
        for command in commands:
            self.send(command)

    def send(self, command: Command) -> None:
        """Pass a command on to the run that it was last told to train."""
        self._write(command_to_json(command))

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """Tell it to end."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it may have gone already
            self.process.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended; by force where it does not go by itself."""
        try:
            self.process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _write(self, record: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has died or is closed: the listening thread deals with that
            self.process.stdin.write(json.dumps(record) + "\n")
            self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            record = json.loads(line)
            if "ready" in record:
                self.ready, self.retiring = record["ready"], not record["ready"]
            else:
                run_id = record.pop("run_id")
                self._heard(self, run_id, event_from_json(record))
        self._died(self, _reason(self.process.wait()))


def _reason(status: int) -> str:
    """Why a process ended, from its exit status."""
    cure = "Resume it to go on where it stood"
    if status == -signal.SIGKILL:
        return f"Its worker was killed (SIGKILL), as happens where memory runs out. {cure}, or take fewer factors."
    if status < 0:
        return f"Its worker crashed ({signal.Signals(-status).name}). {cure}."
    return f"Its worker ended by itself (exit status {status}); the server's log says more. {cure}."
