"""Starts, commands, follows and ends one worker process, on behalf of the pool."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cf_core.environment import PROJECT
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.slots import Slot
from cf_core.training.commands import Command
from cf_core.training.events import Event, event_from_json

CLOSING_SECONDS = 25.0
"""How long a worker may take to end when it is told to. It allows itself less, and needs far less unless the disk
hangs."""

CURE = "Resume it to continue where it stopped"
_log = logging.getLogger(__name__)


class WorkerProcess:
    """A worker for the store at `address`, which it gets by its environment: all could read its arguments.

    Args:
        address: where the runs are stored.
        data: the data set that it reads in advance.
        slot: the slot that it takes.
        on_event: called for every event, with the worker and the id of the run.
        on_exit: called once, when the process has ended, with the reason in words.

    Both are called in a thread that this worker has to itself. If it cannot understand what the process prints, or if
    `on_event` raises, it kills the process.
    """

    def __init__(
        self,
        address: StoreAddress,
        data: Path,
        slot: Slot,
        on_event: Callable[["WorkerProcess", str, Event], None],
        on_exit: Callable[["WorkerProcess", str], None],
    ) -> None:
        self.ready, self.retiring, self.slot = False, False, slot
        self._on_event, self._on_exit = on_event, on_exit
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cf_core.runs.workers.worker", "--data", str(data)],
            cwd=PROJECT,
            env={**os.environ, **address.environment, **slot.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def train(self, run_id: str, commands: Iterable[Command] = ()) -> None:
        """Have it train a run, with commands that came before."""
        self._write({"train": run_id, "commands": [command.to_json() for command in commands]})

    def send(self, command: Command) -> None:
        """Send a command to the run that it was last told to train."""
        self._write(command.to_json())

    @property
    def alive(self) -> bool:
        """Whether the process is still running."""
        return self.process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self.process.pid

    def close(self) -> None:
        """Tell it to end."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it may have gone already
            self.process.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended; kill it where that takes more than `CLOSING_SECONDS`."""
        try:
            self.process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _write(self, record: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has died or is closed, which `_listen` deals with
            self.process.stdin.write(json.dumps(record) + "\n")
            self.process.stdin.flush()

    def _listen(self) -> None:
        """Follow the process to its end, in a thread that has no caller to raise to: every error ends the process."""
        reason = None
        try:
            self._follow()
        except Exception as error:
            _log.exception("Worker %d cannot be followed any further, so it is killed.", self.pid)
            reason = f"The server lost track of its worker ({type(error).__name__}: {error}) and ended it. {CURE}."
            self.process.kill()
        status = self.process.wait()
        self._on_exit(self, reason or _reason(status))

    def _follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            record = json.loads(line)
            if "ready" in record:
                self.ready, self.retiring = record["ready"], not record["ready"]
            else:
                run_id = record.pop("run_id")
                self._on_event(self, run_id, event_from_json(record))


def _reason(status: int) -> str:
    """Why a process ended, from its exit status."""
    if status == -signal.SIGKILL:
        return f"Its worker was killed (SIGKILL), as happens where memory runs out. {CURE}, or take fewer factors."
    if status < 0:
        return f"Its worker crashed ({signal.Signals(-status).name}). {CURE}."
    return f"Its worker ended by itself (exit status {status}); the server's log says more. {CURE}."
