"""Starts, follows, stops and caches jobs: what takes seconds to minutes (t-SNE, UMAP, the rankings of large data), each
computed by a program in a process of its own, on this machine or where `compute_elsewhere` has it computed.

`program` says what the programs take and print. Jobs are shared: all who request the same one get the same. One is
computed at a time: addresses take turns, and each has its own in the order in which they were requested. Whoever
requests another one no longer watches the one before; what nobody watches is dropped where it waits, or where others
wait for its end.
"""

import contextlib
import json
import logging
import os
import re
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from cf_core.programs.running import FOLDER, LocalProgram, Running

State = Literal["waiting", "running", "done", "stopped", "failed"]
N_KEPT = 32
WATCHED_SECONDS = 60.0
"""Who has not looked for so long has left: longer than any page waits between two looks."""

_ITERATION = re.compile(r"Iteration (\d+) of (\d+)")
_lock = threading.RLock()
_runner: threading.Thread | None = None
_elsewhere: "dict[str, Callable[[str, NDArray[Any], str], Running]]" = {}
_jobs: "OrderedDict[tuple[object, ...], Job]" = OrderedDict()
_log = logging.getLogger(__name__)


class Job:
    """One job, from the moment that it is requested.

    Attributes:
        state: "waiting" for its turn, "running", "done", "stopped" or "failed".
        progress: 0 to 1; 0 until the program first reports.
        seconds_left: about how long it will take from now; None until that is known.
        partial: what it has come to meanwhile; None until the program reports any.
        result: once done, else None.
        message: why it failed, else "".
    """

    def __init__(self, module: str, data: NDArray[Any], settings: Mapping[str, Any], address: str = "") -> None:
        self.state: State = "waiting"
        self.progress = 0.0
        self.seconds_left: float | None = None
        self.partial: NDArray[Any] | None = None
        self.result: NDArray[Any] | None = None
        self.message = ""
        self._call = module, data, json.dumps(settings)
        self._address = address
        self._requested, self._started = time.monotonic(), 0.0
        self._looks: dict[str, float] = {}
        self._stop = threading.Event()
        self._program: Running | None = None

    @property
    def under_way(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in ("waiting", "running")

    @property
    def watched(self) -> bool:
        """Whether anybody has looked at it lately."""
        return any(time.monotonic() - at < WATCHED_SECONDS for at in list(self._looks.values()))

    def watch(self, watcher: str) -> None:
        """Note that `watcher` looks at it."""
        with _lock:
            self._looks[watcher] = time.monotonic()

    def leave(self, watcher: str) -> None:
        """Note that `watcher` looks no more; it is stopped where that was the last one."""
        with _lock:
            if self._looks.pop(watcher, None) is not None and not self._looks:
                self.stop()

    def stop(self) -> None:
        """End it; the next request for it starts it again."""
        self._stop.set()
        with _lock:
            if self._program is not None:
                self._program.kill()
            if self.under_way:
                self.state = "stopped"

    def compute(self) -> None:
        """Compute it, in a thread that has no caller to raise to: every error ends the job as failed."""
        try:
            self._compute(*self._call)
        except Exception as error:
            _log.exception("The job of %s failed.", self._call[0])
            with _lock:
                if self._program is not None:
                    self._program.kill()
                if self.under_way:
                    self.message, self.state = str(error) or type(error).__name__, "failed"

    def _compute(self, module: str, data: NDArray[Any], settings: str) -> None:
        launch = next((launch for package, launch in _elsewhere.items() if module.startswith(package)), LocalProgram)
        with contextlib.closing(launch(module, data, settings)) as program:
            with _lock:
                if self._stop.is_set():
                    return
                program.start()
                self._program, self.state, self._started = program, "running", time.monotonic()
            last_line = self._follow(program)
            result = program.result()
            with _lock:
                if self._stop.is_set():
                    return
                if result is not None:
                    self.result, self.progress, self.state = result, 1.0, "done"
                else:
                    self.message, self.state = last_line, "failed"

    def _follow(self, program: Running) -> str:
        """Take the progress from what the program prints, and what it shows, until it ends; its last line."""
        last_line = ""
        began: tuple[float, float] | None = None  # moment and progress
        for line in program.lines():
            last_line = line.strip() or last_line
            if not self.watched and _next_waiting() is not None:
                self.stop()
            if found := _ITERATION.search(line):
                self.progress, now = int(found[1]) / int(found[2]), time.monotonic()
                self.partial = program.partial()
                began = began or (now, self.progress)
                if self.progress > began[1]:
                    self.seconds_left = (now - began[0]) * (1 - self.progress) / (self.progress - began[1])
        return last_line


def compute_elsewhere(package: str, launch: Callable[[str, NDArray[Any], str], Running]) -> None:
    """Have the programs of a package, such as "cf_core.layouts", started by `launch` from now on, which takes the
    module, the data, and the settings in JSON."""
    _elsewhere[f"{package}."] = launch


def get_job(key: tuple[object, ...]) -> Job | None:
    """The job with that key, under way, done or failed; None where nobody has requested it, or it was stopped."""
    job = _jobs.get(key)
    return None if job is None or job.state == "stopped" else job


def request_job(
    key: tuple[object, ...],
    module: str,
    data: NDArray[Any],
    settings: Mapping[str, Any],
    watcher: str = "",
    address: str = "",
) -> Job:
    """The job with that key; started where there is none, or where it was stopped or failed.

    Args:
        key: all that the result depends on. The `N_KEPT` jobs that were requested last are kept.
        module: the program, such as "cf_core.layouts.tsne".
        data, settings: the arguments of its function; the settings as JSON has them.
        watcher: whose request it is. It takes the place of an earlier one of theirs that is still under way.
        address: where they come from; a workspace costs a click, so turns go round addresses.
    """
    with _lock:
        job = _jobs.get(key)
        if job is None or job.state in ("stopped", "failed"):
            job = _jobs[key] = Job(module, data, settings, address)
        job.watch(watcher)
        for other in _jobs.values():
            if other is not job and other.under_way:
                other.leave(watcher)
        _jobs.move_to_end(key)
        spare = [old for old, kept in _jobs.items() if not kept.under_way][: max(len(_jobs) - N_KEPT, 0)]
        for old in spare:
            del _jobs[old]
        _start_runner()
        return job


def _start_runner() -> None:
    """Have the waiting jobs computed, by one thread, which ends when none is left."""
    global _runner
    if _runner is None and _next_waiting() is not None:
        _runner = threading.Thread(target=_run_waiting, daemon=True)
        _runner.start()


def _run_waiting() -> None:
    global _runner
    _remove_stale_folders()
    while True:
        with _lock:
            job = _next_waiting()
            if job is None:
                _runner = None
                return
        job.compute()


def _next_waiting() -> Job | None:
    """Of the address whose last turn is longest ago, the job that has waited longest; what nobody watches has been
    dropped before."""
    with _lock:
        waiting = [job for job in _jobs.values() if job.state == "waiting"]
        for job in waiting:
            if not job.watched:
                job.stop()
        watched = [job for job in waiting if job.state == "waiting"]
        return min(watched, key=lambda job: (_last_turn(job._address), job._requested), default=None)


def _last_turn(address: str) -> float:
    """When a job for the address was started last, of those that are kept; 0 where none was."""
    return max((job._started for job in _jobs.values() if job._address == address), default=0.0)


def _remove_stale_folders() -> None:
    """Delete the temporary folders of servers that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}-*"):
        process = folder.name.removeprefix(f"{FOLDER}-").partition("-")[0]
        if process.isdecimal() and not _is_alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
