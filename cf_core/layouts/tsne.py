"""t-SNE of the movies' factors, as a program of its own that tells how far it is: see `program`."""

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from cf_core.layouts import program

N_ITERATIONS = 750


def tsne(vectors: NDArray[np.floating], perplexity: float, seed: int, tell: bool = False) -> NDArray[np.float32]:
    """Places on a plane such that who is near whom in all factors is so on the plane too.

    It starts at random, so that another seed gives another picture; distances between groups, and how wide they are,
    mean nothing.

    Args:
        vectors: shape (n, n_factors).
        perplexity: about how many neighbours count as near; below n.
        seed: of the random start.
        tell: print the number of each fiftieth iteration.

    Returns:
        Shape (n, 2).

    Source: van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
    """
    if tell:
        print(f"Iterations: {N_ITERATIONS}")
    found = TSNE(
        perplexity=perplexity, init="random", random_state=seed, max_iter=N_ITERATIONS, verbose=2 if tell else 0
    ).fit_transform(np.asarray(vectors, dtype=np.float32))
    places: NDArray[np.float32] = found.astype(np.float32)
    return places


if __name__ == "__main__":
    program.run(tsne)
