"""Layouts of the map that take a process of their own: started, watched, stopped, kept for all who ask for the same.

Nothing in here knows t-SNE.
"""

import re
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cf_core.insight.tsne import N_ITERATIONS

State = Literal["waiting", "running", "done", "stopped", "failed"]
KEPT = 16
_ITERATION = re.compile(r"Iteration (\d+)")
_turn = threading.Semaphore(1)  # one at a time, whoever asks: the cores are for training
_lock = threading.Lock()
_layouts: "OrderedDict[tuple[object, ...], Layout]" = OrderedDict()


class Layout:
    """One t-SNE, from the moment that it is asked for.

    Attributes:
        state: "waiting" for its turn, "running", "done", "stopped" or "failed".
        progress: 0 to 1.
        places: shape (n, 2) once done, else None.
        message: why it failed, else "".
    """

    def __init__(self, vectors: NDArray[np.floating], perplexity: float, seed: int) -> None:
        self.state: State = "waiting"
        self.progress = 0.0
        self.places: NDArray[np.float32] | None = None
        self.message = ""
        self._stop = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        threading.Thread(target=self._work, args=(vectors, perplexity, seed), daemon=True).start()

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

    def _work(self, vectors: NDArray[np.floating], perplexity: float, seed: int) -> None:
        with _turn, tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "vectors.npy", Path(folder) / "places.npy"
            np.save(source, vectors)
            with _lock:
                if self._stop.is_set():
                    return
                self._process = subprocess.Popen(
                    [sys.executable, "-u", "-m", "cf_core.insight.tsne", source, target, str(perplexity), str(seed)],
                    cwd=Path(__file__).parents[2],
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
        last = ""
        for line in process.stdout:
            last = line.strip() or last
            if found := _ITERATION.search(line):
                self.progress = min(int(found[1]) / N_ITERATIONS, 1)
        process.wait()
        return last


def asked_for(key: tuple[object, ...]) -> Layout | None:
    """The layout that goes by that key, under way, done or failed; None where nobody has asked for it, or it was
    stopped."""
    layout = _layouts.get(key)
    return None if layout is None or layout.state == "stopped" else layout


def ask_for(key: tuple[object, ...], vectors: NDArray[np.floating], perplexity: float, seed: int) -> Layout:
    """The layout that goes by that key; started where there is none that could be used.

    Args:
        key: all that the result depends on. The `KEPT` that were asked for last are kept.
        vectors, perplexity, seed: see `cf_core.insight.tsne.tsne`.
    """
    with _lock:
        layout = _layouts.get(key)
        if layout is None or layout.state in ("stopped", "failed"):
            layout = _layouts[key] = Layout(vectors, perplexity, seed)
        _layouts.move_to_end(key)
        spare = [old for old, kept in _layouts.items() if not kept.under_way][: max(len(_layouts) - KEPT, 0)]
        for old in spare:
            del _layouts[old]
        return layout
