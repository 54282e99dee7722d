"""t-SNE of the movies' factors, as a program that reports its progress: see `cf_core.programs.program`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE, _t_sne

from cf_core.layouts.replaced import replaced
from cf_core.programs import program
from cf_core.programs.program import Report

N_ITERATIONS = 750


def tsne(
    vectors: NDArray[np.floating], perplexity: float, seed: int, report: Report | None = None
) -> NDArray[np.float32]:
    """Positions on a plane that keep near neighbours near: movies with similar factors lie close together.

    The start is random, so another seed gives another picture. Distances between groups, and the size of a group, mean
    nothing.

    Args:
        vectors: shape (n, n_factors).
        perplexity: about how many neighbours count as near; below n.
        seed: of the random start.
        report: is told of every iteration.

    Returns:
        Shape (n, 2).

    Source: van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
    """
    usual, iteration = _t_sne._kl_divergence_bh, 0

    def watched(places: NDArray[np.float64], *arguments: Any, **settings: Any) -> Any:
        nonlocal iteration
        iteration += 1
        if report is not None:
            report(iteration, N_ITERATIONS, places.reshape(-1, 2))
        return usual(places, *arguments, **settings)

    model = TSNE(perplexity=perplexity, init="random", random_state=seed, max_iter=N_ITERATIONS)
    with replaced(_t_sne, "_kl_divergence_bh", watched):
        found = model.fit_transform(np.asarray(vectors, dtype=np.float32))
    places: NDArray[np.float32] = found.astype(np.float32)
    return places


if __name__ == "__main__":
    program.run(tsne)
