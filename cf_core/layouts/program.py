"""The command line shared by the t-SNE and UMAP layout programs.

    python -m cf_core.layouts.tsne VECTORS.npy PLACES.npy '{"perplexity": 30, "seed": 0}'

A program prints "Iterations: 750" first, and later "Iteration 50" somewhere in a line to report its progress. Once it
has exited with status 0, the layout is in PLACES.npy. A layout takes up to a minute and can only be stopped from
outside, so each runs in a process of its own: see `jobs`.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cf_core.files import atomic_write


def run(layout: Callable[..., NDArray[np.float32]]) -> None:
    """Compute the layout that the command line asks for, at low priority.

    Args:
        layout: takes the vectors, the settings by name, and `verbose`: whether to print its progress.
    """
    os.nice(10)
    source, target, settings = sys.argv[1:]
    places = layout(np.load(source), **json.loads(settings), verbose=True)
    with atomic_write(Path(target)) as part, part.open("wb") as file:
        np.save(file, places)
