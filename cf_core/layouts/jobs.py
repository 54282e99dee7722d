"""Layouts of the map that take a process of their own: started, watched, stopped, kept for all who ask for the same.

Nothing in here knows t-SNE or UMAP: they are programs under `cf_core.layouts`, and `program` there says what
they take and print.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.environment import PROJECT

Program = Literal["tsne", "umap_layout"]
State = Literal["waiting", "running", "done", "stopped", "failed"]
KEPT = 16
_TOTAL, _ITERATION = re.compile(r"Iterations: (\d+)"), re.compile(r"Iteration (\d+)")
_turn = threading.Semaphore(1)  # one at a time, whoever asks: the cores are for training
_lock = threading.Lock()
_layouts: "OrderedDict[tuple[object, ...], Layout]" = OrderedDict()


class Layout:
    """One layout, from the moment that it is asked for.

    Attributes:
        state: "waiting" for its turn, "running", "done", "stopped" or "failed".
        progress: 0 to 1; 0 until the movies move, which is after neighbours are found.
        places: shape (n, 2) once done, else None.
        message: why it failed, else "".
    """

    def __init__(self, program: Program, vectors: NDArray[np.floating], settings: Mapping[str, float]) -> None:
        self.state: State = "waiting"
        self.progress = 0.0
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
        """End it; it starts anew when it is asked for again."""
        self._stop.set()
        with _lock:
            if self._process is not None:
                self._process.kill()
            if self.under_way:
                self.state = "stopped"

    def _work(self, program: Program, vectors: NDArray[np.floating], settings: str) -> None:
        try:
            self._lay_out(program, vectors, settings)
        except OSError as error:  # a full disk, or no memory for a process
            self.message, self.state = str(error), "failed"

    def _lay_out(self, program: Program, vectors: NDArray[np.floating], settings: str) -> None:
        with _turn, tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "vectors.npy", Path(folder) / "places.npy"
            np.save(source, vectors)
            with _lock:
                if self._stop.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-u", "-m", f"cf_core.layouts.{program}", source, target, settings],
                    cwd=PROJECT,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                self.state = "running"
            last = self._follow(self._process)
            with _lock:
                if self._stop.is_set():
                    return
                if self._process.returncode == 0:
                    self.places, self.progress, self.state = np.load(target), 1.0, "done"
                else:
                    self.message, self.state = last, "failed"

    def _follow(self, process: "subprocess.Popen[str]") -> str:
        """Read what it says until it ends; its last line."""
        assert process.stdout is not None
        last, total = "", 1
        for line in process.stdout:
            last = line.strip() or last
            if found := _TOTAL.search(line):
                total = int(found[1])
            elif found := _ITERATION.search(line):
                self.progress = min(int(found[1]) / total, 1)
        process.wait()
        return last


def asked_for(key: tuple[object, ...]) -> Layout | None:
    """The layout that goes by that key, under way, done or failed; None where nobody has asked for it, or it was
    stopped."""
    layout = _layouts.get(key)
    return None if layout is None or layout.state == "stopped" else layout


def ask_for(
    key: tuple[object, ...], program: Program, vectors: NDArray[np.floating], settings: Mapping[str, float]
) -> Layout:
    """The layout that goes by that key; started where there is none that could be used.

    Args:
        key: all that the result depends on. The `KEPT` that were asked for last are kept.
        program: the module of `cf_core.insight`.
        vectors, settings: what its function takes.
    """
    with _lock:
        layout = _layouts.get(key)
        if layout is None or layout.state in ("stopped", "failed"):
            layout = _layouts[key] = Layout(program, vectors, settings)
        _layouts.move_to_end(key)
        spare = [old for old, kept in _layouts.items() if not kept.under_way][: max(len(_layouts) - KEPT, 0)]
        for old in spare:
            del _layouts[old]
        return layout
