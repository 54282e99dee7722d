"""Starts, commands, follows and ends one worker process, on behalf of the pool."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from cf_core.environment import OF_TWO_THREADS, PROJECT
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool_worker import CLOSING_SECONDS, CURE, OnEvent, OnExit, PoolWorker
from cf_core.runs.workers.slots import Slot

_log = logging.getLogger(__name__)


class WorkerProcess(PoolWorker):
    """A worker in a process of this machine. The address of the store goes there by the environment: arguments all
    could read."""

    def __init__(self, address: StoreAddress, data: Path, slot: Slot, on_event: OnEvent, on_exit: OnExit) -> None:
        super().__init__(slot, on_event, on_exit)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cf_core.runs.workers.worker", "--data", str(data)],
            cwd=PROJECT,
            env={**OF_TWO_THREADS, **os.environ, **address.environment, **slot.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def pid(self) -> int:
        return self.process.pid

    def close(self) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it may have gone already
            self.process.stdin.close()

    def wait(self) -> None:
        try:
            self.process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _request(self, record: dict[str, Any]) -> None:
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
            self._take(json.loads(line))


def _reason(status: int) -> str:
    """Why a process ended, from its exit status."""
    if status == -signal.SIGKILL:
        return f"Its worker was killed (SIGKILL), as happens where memory runs out. {CURE}, or take fewer factors."
    if status < 0:
        return f"Its worker crashed ({signal.Signals(-status).name}). {CURE}."
    return f"Its worker ended by itself (exit status {status}); the server's log says more. {CURE}."
