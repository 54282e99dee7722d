"""t-SNE of the movies' factors, as a program of its own that tells how far it is.

    python -m cf_core.insight.tsne VECTORS.npy PLACES.npy PERPLEXITY SEED

Prints the number of each fiftieth iteration, of `N_ITERATIONS`; what it finds lies in PLACES.npy when it has ended with
status 0. It takes a minute's work and can only be stopped from outside, hence the process. Nothing in here starts it.
"""

import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

N_ITERATIONS = 750


def tsne(vectors: NDArray[np.floating], perplexity: float, seed: int, verbose: int = 0) -> NDArray[np.float32]:
    """Places on a plane such that who is near whom in all factors is so on the plane too.

    It starts at random, so that another seed gives another picture; distances between groups, and how wide they are,
    mean nothing.

    Args:
        vectors: shape (n, n_factors).
        perplexity: about how many neighbours count as near; below n.
        seed: of the random start.

    Returns:
        Shape (n, 2).

    Source: van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
    """
    found = TSNE(
        perplexity=perplexity, init="random", random_state=seed, max_iter=N_ITERATIONS, verbose=verbose
    ).fit_transform(np.asarray(vectors, dtype=np.float32))
    places: NDArray[np.float32] = found.astype(np.float32)
    return places


if __name__ == "__main__":
    os.nice(10)
    source, target, perplexity, seed = sys.argv[1:]
    places = tsne(np.load(source), float(perplexity), int(seed), verbose=2)
    part = Path(target).with_suffix(".part.npy")
    np.save(part, places)
    part.replace(target)
