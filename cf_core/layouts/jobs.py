"""Starts, follows, stops and caches the layouts of the map, each computed by a program in a process of its own.

`program` says what the programs take and print. Layouts are shared: all who request the same one get the same. One is
computed at a time: addresses take turns, and each has its own in the order in which they were requested. Whoever
requests another one no longer watches the one before; what nobody watches is dropped where it waits, or where others
wait for its end.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.environment import PROJECT
from cf_core.layouts.child_environment import child_environment

Program = Literal["tsne", "umap_layout"]
State = Literal["waiting", "running", "done", "stopped", "failed"]
N_KEPT = 16
WATCHED_SECONDS = 60.0
"""Who has not looked for so long has left: longer than any page waits between two looks."""

FOLDER = "cf-lab-layout"
"""A layout's temporary folder begins with this and the number of the server's process."""

_ITERATION = re.compile(r"Iteration (\d+) of (\d+)")
_lock = threading.RLock()
_runner: threading.Thread | None = None
_layouts: "OrderedDict[tuple[object, ...], Layout]" = OrderedDict()
_log = logging.getLogger(__name__)


class Layout:
    """One layout, from the moment that it is requested.

    Attributes:
        state: "waiting" for its turn, "running", "done", "stopped" or "failed".
        progress: 0 to 1; 0 until the movies move, which is after their neighbours are found.
        seconds_left: about how long it will take from now; None until that is known.
        moving: shape (n, 2), where they are meanwhile; None until they move.
        places: shape (n, 2) once done, else None.
        message: why it failed, else "".
    """

    def __init__(
        self, program: Program, vectors: NDArray[np.floating], settings: Mapping[str, float], address: str = ""
    ) -> None:
        self.state: State = "waiting"
        self.progress = 0.0
        self.seconds_left: float | None = None
        self.moving: NDArray[np.float32] | None = None
        self.places: NDArray[np.float32] | None = None
        self.message = ""
        self._call = program, vectors, json.dumps(settings)
        self._address = address
        self._requested, self._started = time.monotonic(), 0.0
        self._looks: dict[str, float] = {}
        self._stop = threading.Event()
        self._process: subprocess.Popen[str] | None = None

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
            if self._process is not None:
                self._process.kill()
            if self.under_way:
                self.state = "stopped"

    def compute(self) -> None:
        """Compute it, in a thread that has no caller to raise to: every error ends the layout as failed."""
        try:
            self._compute(*self._call)
        except Exception as error:
            _log.exception("The layout by %s failed.", self._call[0])
            with _lock:
                if self._process is not None:
                    self._process.kill()
                if self.under_way:
                    self.message, self.state = str(error) or type(error).__name__, "failed"

    def _compute(self, program: Program, vectors: NDArray[np.floating], settings: str) -> None:
        with tempfile.TemporaryDirectory(prefix=f"{FOLDER}-{os.getpid()}-") as folder:
            source, target = Path(folder) / "vectors.npy", Path(folder) / "places.npy"
            np.save(source, vectors)
            with _lock:
                if self._stop.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-u", "-m", f"cf_core.layouts.{program}", source, target, settings],
                    cwd=PROJECT,
                    env=child_environment(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                self.state, self._started = "running", time.monotonic()
            last_line = self._follow(self._process, target)
            with _lock:
                if self._stop.is_set():
                    return
                if self._process.returncode == 0:
                    self.places, self.progress, self.state = np.load(target), 1.0, "done"
                else:
                    self.message, self.state = last_line, "failed"

    def _follow(self, process: "subprocess.Popen[str]", target: Path) -> str:
        """Take the progress from what the program prints and the places from its file, until it ends; its last line."""
        assert process.stdout is not None
        last_line = ""
        began: tuple[float, float] | None = None  # moment and progress
        for line in process.stdout:
            last_line = line.strip() or last_line
            if not self.watched and _next_waiting() is not None:
                self.stop()
            if found := _ITERATION.search(line):
                self.moving, self.progress, now = np.load(target), int(found[1]) / int(found[2]), time.monotonic()
                began = began or (now, self.progress)
                if self.progress > began[1]:
                    self.seconds_left = (now - began[0]) * (1 - self.progress) / (self.progress - began[1])
        process.wait()
        return last_line


def get_layout(key: tuple[object, ...]) -> Layout | None:
    """The layout with that key, under way, done or failed; None where nobody has requested it, or it was stopped."""
    layout = _layouts.get(key)
    return None if layout is None or layout.state == "stopped" else layout


def request_layout(
    key: tuple[object, ...],
    program: Program,
    vectors: NDArray[np.floating],
    settings: Mapping[str, float],
    watcher: str = "",
    address: str = "",
) -> Layout:
    """The layout with that key; started where there is none, or where it was stopped or failed.

    Args:
        key: all that the result depends on. The `N_KEPT` layouts that were requested last are kept.
        program: the module of `cf_core.layouts`.
        vectors, settings: the arguments of its function.
        watcher: whose request it is. It takes the place of an earlier one of theirs that is still under way.
        address: where they come from; a workspace costs a click, so turns go round addresses.
    """
    with _lock:
        layout = _layouts.get(key)
        if layout is None or layout.state in ("stopped", "failed"):
            layout = _layouts[key] = Layout(program, vectors, settings, address)
        layout.watch(watcher)
        for other in _layouts.values():
            if other is not layout and other.under_way:
                other.leave(watcher)
        _layouts.move_to_end(key)
        spare = [old for old, kept in _layouts.items() if not kept.under_way][: max(len(_layouts) - N_KEPT, 0)]
        for old in spare:
            del _layouts[old]
        _start_runner()
        return layout


def _start_runner() -> None:
    """Have the waiting layouts computed, by one thread, which ends when none is left."""
    global _runner
    if _runner is None and _next_waiting() is not None:
        _runner = threading.Thread(target=_run_waiting, daemon=True)
        _runner.start()


def _run_waiting() -> None:
    global _runner
    _remove_stale_folders()
    while True:
        with _lock:
            layout = _next_waiting()
            if layout is None:
                _runner = None
                return
        layout.compute()


def _next_waiting() -> Layout | None:
    """Of the address whose last turn is longest ago, the layout that has waited longest; what nobody watches has been
    dropped before."""
    with _lock:
        waiting = [layout for layout in _layouts.values() if layout.state == "waiting"]
        for layout in waiting:
            if not layout.watched:
                layout.stop()
        watched = [layout for layout in waiting if layout.state == "waiting"]
        return min(watched, key=lambda layout: (_last_turn(layout._address), layout._requested), default=None)


def _last_turn(address: str) -> float:
    """When a layout for the address was started last, of those that are kept; 0 where none was."""
    return max((layout._started for layout in _layouts.values() if layout._address == address), default=0.0)


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
