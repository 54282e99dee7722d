"""What the programs that lay out the map have in common: how they are called, and where they leave what they find.

    python -m cf_core.layouts.tsne VECTORS.npy PLACES.npy '{"perplexity": 30, "seed": 0}'

A program prints "Iterations: 750" for how many there will be, and "Iteration 50" somewhere in a line when it has come
that far. What it finds lies in PLACES.npy when it has ended with status 0. It takes up to a minute's work and can only
be stopped from outside, hence the process. Nothing in here starts one.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def run(layout: Callable[..., NDArray[np.float32]]) -> None:
    """Do what the command line says, at low priority.

    Args:
        layout: takes the vectors, the settings by name, and `tell`: whether to print how far it is.
    """
    os.nice(10)
    source, target, settings = sys.argv[1:]
    places = layout(np.load(source), **json.loads(settings), tell=True)
    part = Path(target).with_suffix(".part.npy")
    np.save(part, places)
    part.replace(target)
