"""How alike the maps of two runs are: one laid upon the other, and the share of neighbours that a movie keeps.

Nothing in here knows where the maps come from.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ShapeError
from cf_core.insight.procrustes import align


@dataclass(frozen=True)
class Overlay:
    """A map laid upon another.

    Attributes:
        moved: shape (n, k), the moving map in the place, size and orientation that bring it nearest to the fixed one.
        agreement: 1 - Σ|fixed - moved|² / Σ|fixed - its mean|², 1 for the same map, 0 for none in common.
    """

    moved: NDArray[np.float64]
    agreement: float


def overlay(moving: NDArray[np.floating], fixed: NDArray[np.floating]) -> Overlay:
    """Lay the points A = `moving` upon B = `fixed`: with both means taken out,

        R from `align(A, B)`,   s = Σ (A R) ∘ B / Σ A ∘ A,   moved = s A R + mean of `fixed`

    A component's sign and the order of components of like strength are chance, and a turn undoes both; the unit of a
    map is chance too, and the scale s undoes that.

    Args:
        moving, fixed: shape (n, k), one movie a row, the same movies in the same order.

    Raises:
        ShapeError: the two differ in shape, or one of them is a single spot.
    """
    a, b = (np.asarray(points, dtype=np.float64) - np.mean(points, axis=0) for points in (moving, fixed))
    rotation = align(a, b)
    own, total = float(np.square(a).sum()), float(np.square(b).sum())
    if own == 0 or total == 0:
        raise ShapeError("A map of which all points lie on one spot cannot be laid upon another. Train it for longer.")
    turned = a @ rotation
    moved = float((turned * b).sum()) / own * turned
    return Overlay(moved + np.mean(fixed, axis=0), 1 - float(np.square(b - moved).sum()) / total)


def kept_neighbours(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each movie the share, 0 to 1, of its k nearest by one run's factors that are among its k nearest by the
    other's. By chance it would be k / (n - 1).

    Args:
        one, other: shape (n, k), the rows of each movie's nearest as `similar.nearest_of_each` gives them, the same
            movies in the same order.

    Raises:
        ShapeError: the two differ in shape.
    """
    if one.shape != other.shape:
        raise ShapeError(
            f"Neighbours of shapes {one.shape} and {other.shape} cannot be compared. Give as many of the same movies."
        )
    n_kept = (one[:, :, None] == other[:, None, :]).any(axis=2).sum(axis=1)
    share: NDArray[np.float64] = n_kept / max(one.shape[1], 1)
    return share
