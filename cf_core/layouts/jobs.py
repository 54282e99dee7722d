"""Starts, follows, stops and caches the layouts of the map, each computed by a program in a process of its own.

`program` says what the programs take and print. Layouts are shared: all who request the same one get the same.
"""

import json
import logging
import re
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
_ITERATION = re.compile(r"Iteration (\d+) of (\d+)")
_one_at_a_time = threading.Semaphore(1)  # for the whole server: the other cores are for training
_lock = threading.Lock()
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

    def __init__(self, program: Program, vectors: NDArray[np.floating], settings: Mapping[str, float]) -> None:
        self.state: State = "waiting"
        self.progress = 0.0
        self.seconds_left: float | None = None
        self.moving: NDArray[np.float32] | None = None
        self.places: NDArray[np.float32] | None = None
        self.message = ""
        self._stop = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        threading.Thread(target=self._work, args=(program, vectors, json.dumps(settings)), daemon=True).start()

    @property
    def under_way(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in ("waiting", "running")

    def stop(self) -> None:
        """End it; the next request for it starts it again."""
        self._stop.set()
        with _lock:
            if self._process is not None:
                self._process.kill()
            if self.under_way:
                self.state = "stopped"

    def _work(self, program: Program, vectors: NDArray[np.floating], settings: str) -> None:
        """Compute the layout, in a thread that has no caller to raise to: every error ends the layout as failed."""
        try:
            self._compute(program, vectors, settings)
        except Exception as error:
            _log.exception("The layout by %s failed.", program)
            with _lock:
                if self._process is not None:
                    self._process.kill()
                if self.under_way:
                    self.message, self.state = str(error) or type(error).__name__, "failed"

    def _compute(self, program: Program, vectors: NDArray[np.floating], settings: str) -> None:
        with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
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
                self.state = "running"
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
    key: tuple[object, ...], program: Program, vectors: NDArray[np.floating], settings: Mapping[str, float]
) -> Layout:
    """The layout with that key; started where there is none, or where it was stopped or failed.

    Args:
        key: all that the result depends on. The `N_KEPT` layouts that were requested last are kept.
        program: the module of `cf_core.layouts`.
        vectors, settings: the arguments of its function.
    """
    with _lock:
        layout = _layouts.get(key)
        if layout is None or layout.state in ("stopped", "failed"):
            layout = _layouts[key] = Layout(program, vectors, settings)
        _layouts.move_to_end(key)
        spare = [old for old, kept in _layouts.items() if not kept.under_way][: max(len(_layouts) - N_KEPT, 0)]
        for old in spare:
            del _layouts[old]
        return layout
