"""t-SNE of the movies' factors, as a program that reports its progress: see `program`."""

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from cf_core.layouts import program

N_ITERATIONS = 750


def tsne(vectors: NDArray[np.floating], perplexity: float, seed: int, verbose: bool = False) -> NDArray[np.float32]:
    """Positions on a plane that keep near neighbours near: movies with similar factors lie close together.

    The start is random, so another seed gives another picture. Distances between groups, and the size of a group, mean
    nothing.

    Args:
        vectors: shape (n, n_factors).
        perplexity: about how many neighbours count as near; below n.
        seed: of the random start.
        verbose: print the number of every fiftieth iteration.

    Returns:
        Shape (n, 2).

    Source: van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
    """
    if verbose:
        print(f"Iterations: {N_ITERATIONS}")
    found = TSNE(
        perplexity=perplexity, init="random", random_state=seed, max_iter=N_ITERATIONS, verbose=2 if verbose else 0
    ).fit_transform(np.asarray(vectors, dtype=np.float32))
    places: NDArray[np.float32] = found.astype(np.float32)
    return places


if __name__ == "__main__":
    program.run(tsne)
