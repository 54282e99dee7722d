"""What the t-SNE and UMAP layout programs share: their command line, and a look at the places while they move.

    python -m cf_core.layouts.tsne VECTORS.npy PLACES.npy '{"perplexity": 30, "seed": 0}'

A program prints a line such as "Iteration 50 of 750" now and then, once the places after that iteration are in
PLACES.npy; the final ones are there once it has exited with status 0. A layout takes up to a minute and can only be
stopped from outside, so each runs in a process of its own: see `jobs`.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cf_core.files import atomic_write

SECONDS = 0.25
"""At least this long lies between two reports."""

Report = Callable[[int, int, NDArray[np.floating]], None]
"""Is told the number of an iteration, of how many, and the places after it."""


def run(layout: Callable[..., NDArray[np.float32]]) -> None:
    """Compute the layout that the command line asks for, at low priority and on half of the cores: the others are for
    training.

    Args:
        layout: takes the vectors, the settings by name, and `report`.
    """
    os.nice(10)
    source, target, settings = sys.argv[1:]
    report = _Reporter(Path(target))
    with threadpool_limits(max((os.cpu_count() or 1) // 2, 1)):
        places = layout(np.load(source), **json.loads(settings), report=report)
    _save(Path(target), places)


@contextlib.contextmanager
def replaced(module: ModuleType, name: str, value: Callable[..., Any]) -> Iterator[None]:
    """Has the module use another function under that name. Neither library lets a caller see the places while they
    move; both look this function up for each layout.

    Raises:
        AttributeError: the module has nothing of that name.
    """
    usual = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, usual)


class _Reporter:
    """Keeps the places in a file and says so, not too often."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._last = 0.0

    def __call__(self, iteration: int, n_iterations: int, places: NDArray[np.floating]) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS:
            self._last = now
            _save(self._target, places)
            print(f"Iteration {iteration} of {n_iterations}", flush=True)


def _save(target: Path, places: NDArray[np.floating]) -> None:
    with atomic_write(target, durable=False) as part, part.open("wb") as file:
        np.save(file, places.astype(np.float32))
