"""UMAP of the movies' factors, as a program that reports its progress: see `cf_core.programs.program`.

Only run it, never import it in the server: `umap` compiles itself at its first use, which takes seconds and memory.
"""

from typing import Any

import numpy as np
import umap.layouts
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors
from umap import UMAP

from cf_core.layouts.replaced import replaced
from cf_core.programs import program
from cf_core.programs.program import Report

_EPOCH = 15  # position of the number of the epoch, from 0, among UMAP's arguments after the places


def umap_layout(
    vectors: NDArray[np.floating], n_neighbors: int, min_dist: float, seed: int, report: Report | None = None
) -> NDArray[np.float32]:
    """Positions on a plane that draw the graph of nearest neighbours. Each vector is tied to its nearest with weight

        v = exp(-(d - d_nearest) / σ)   for their distance d, with σ such that Σ v = log₂ n_neighbors

    On the plane, tied vectors attract each other, and random other pairs repel each other.

    The start is the graph's spectral embedding, so related groups lie near each other more often than with t-SNE; yet
    distances between groups, and their density, have no unit and can mislead.

    Args:
        vectors: shape (n, n_factors).
        n_neighbors: how many count as near, the vector itself included; 2 to n - 1. Few show detail, many the whole.
        min_dist: how far apart near vectors are kept on the plane, 0 to 1, in a picture about ten wide.
        seed: of the random pairs, and of the noise at the start.
        report: is told of every iteration.

    Returns:
        Shape (n, 2).

    Source: McInnes, Healy & Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction"
    (2018); the number of iterations is that of the authors' program.
    """
    n_iterations = 500 if len(vectors) <= 10_000 else 200
    vectors = np.asarray(vectors, dtype=np.float32)
    n = len(vectors)
    distances, rows = NearestNeighbors(n_neighbors=n_neighbors - 1, algorithm="brute").fit(vectors).kneighbors()
    graph = np.column_stack([np.arange(n), rows]), np.column_stack([np.zeros(n, np.float32), distances])
    model = UMAP(
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        n_epochs=n_iterations,
        random_state=seed,
        n_jobs=1,  # with several threads the seed would not fix the result
        precomputed_knn=graph,  # each vector's own row first; UMAP's search compiles as long as the rest
    )
    usual = umap.layouts._get_optimize_layout_euclidean_single_epoch_fn(False)

    def watched(places: NDArray[np.float32], *arguments: Any) -> None:
        usual(places, *arguments)
        if report is not None:
            report(arguments[_EPOCH] + 1, n_iterations, places)

    with replaced(umap.layouts, "_get_optimize_layout_euclidean_single_epoch_fn", lambda parallel: watched):
        found = model.fit_transform(vectors)
    places: NDArray[np.float32] = found.astype(np.float32)
    return places


if __name__ == "__main__":
    program.run(umap_layout)
