"""Reads an uploaded file in a process of its own, with limits of memory and time; two at once on a server."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from cf_core.environment import PROJECT
from cf_core.errors import UploadError
from cf_core.programs.child_environment import child_environment

MEMORY = 3 * 2**30
"""Bytes. A table of 50 MB takes about one gibibyte."""
SECONDS = 300.0
AT_ONCE = 2
PROGRAM = "cf_core.data.tables.program"
ELSEWHERE = "Bring a part of it, or have whoever runs this lab import it: python -m cf_core import FILE --name NAME."

_turns = threading.BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)

Event = dict[str, Any]


class Reader:
    """One run of the program, which another thread may end with `kill`.

    Args:
        arguments: the task, the source, the options, and for an import the target.
        memory, seconds: what it may take at most.
    """

    def __init__(self, arguments: Sequence[str], memory: int = MEMORY, seconds: float = SECONDS) -> None:
        task, source, options, *target = arguments
        self._command = [sys.executable, "-u", "-m", PROGRAM, task, source, options, str(memory), *target]
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._killed = self._late = False

    def run(self, heard: Callable[[Event], None]) -> None:
        """Wait for a turn, run the program, and pass on what it tells, until it ends or is killed.

        Raises:
            UploadError: the program refused the file, or took more memory or time than it may.
        """
        with _turns:
            with self._lock:
                if self._killed:
                    return
                self._process = subprocess.Popen(
                    self._command,
                    cwd=PROJECT,
                    env={**child_environment(), "OMP_NUM_THREADS": "1"},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            limit = threading.Timer(self._seconds, self._end_late)
            limit.start()
            try:
                self._follow(self._process, heard)
            finally:
                limit.cancel()
                self._process.kill()

    def kill(self) -> None:
        """End it, also before its turn."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def _end_late(self) -> None:
        self._late = True
        self.kill()

    def _follow(self, process: "subprocess.Popen[str]", heard: Callable[[Event], None]) -> None:
        assert process.stdout is not None
        other: list[str] = []
        last = ""
        for line in process.stdout:
            if not (line.startswith('{"event"') and line.endswith("\n")):  # half a line, if it was killed
                other.append(line)
                continue
            event = json.loads(line)
            last = event["event"]
            if last == "refused":
                raise UploadError(event["message"])
            if last != "memory":
                heard(event)
        process.wait()
        if self._late:
            raise UploadError(f"The file takes longer than {self._seconds / 60:g} minutes to read. {ELSEWHERE}")
        if self._killed or last in ("complaints", "imported"):
            return
        if other:
            _log.warning("The program that reads uploads ended:\n%s", "".join(other[-20:]))
        raise UploadError(f"The file takes more memory to read than one visitor may have. {ELSEWHERE}")
