"""What programs of their own share: their command line, and how they report.

    python -m cf_core.layouts.tsne DATA.npy RESULT.npy '{"perplexity": 30, "seed": 0}'

A program prints a line such as "Iteration 50 of 750" now and then; what it has come to until then is in RESULT.npy, if
it has anything to show. The result is there once it has exited with status 0. It may take minutes and can only be
stopped from outside, so each runs in a process of its own: see `jobs`.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from cf_core.errors import CFError
from cf_core.files import atomic_write

SECONDS = 0.25
"""At least this long lies between two reports."""


class Report(Protocol):
    """Is told the number of an iteration, of how many, and what there is to show after it."""

    def __call__(self, iteration: int, n_iterations: int, partial: NDArray[Any] | None = None, /) -> None: ...


def run(compute: Callable[..., NDArray[Any]]) -> None:
    """Compute what the command line asks for, at low priority and on half of the cores: the others are for training.

    Args:
        compute: takes the data, the settings by name, and `report`. Its `CFError` is the program's last line.
    """
    os.nice(10)
    source, target, settings = sys.argv[1:]
    report = _Reporter(Path(target))
    with threadpool_limits(max((os.cpu_count() or 1) // 2, 1)):
        try:
            result = compute(np.load(source), **json.loads(settings), report=report)
        except CFError as error:
            print(error)
            sys.exit(2)
    _save(Path(target), result)


class _Reporter:
    """Keeps what there is to show in a file and says so, not too often."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._last = 0.0

    def __call__(self, iteration: int, n_iterations: int, partial: NDArray[Any] | None = None, /) -> None:
        now = time.monotonic()
        if now - self._last >= SECONDS:
            self._last = now
            if partial is not None:
                _save(self._target, partial)
            print(f"Iteration {iteration} of {n_iterations}", flush=True)


def _save(target: Path, array: NDArray[Any]) -> None:
    with atomic_write(target, durable=False) as part, part.open("wb") as file:
        np.save(file, array.astype(np.float32) if np.issubdtype(array.dtype, np.floating) else array)
