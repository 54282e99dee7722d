"""Measures how alike the maps of two runs are, by superimposing them and by the neighbours that they share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ShapeError
from cf_core.insight.procrustes import align


@dataclass(frozen=True)
class Overlay:
    """A map superimposed on another.

    Attributes:
        moved: shape (n, k), the moving map in the position, size and orientation that fit the fixed one best.
        agreement: 1 - Σ|fixed - moved|² / Σ|fixed - its mean|²; 1 for the same map, 0 for nothing in common.
    """

    moved: NDArray[np.float64]
    agreement: float


def overlay(moving: NDArray[np.floating], fixed: NDArray[np.floating]) -> Overlay:
    """Superimpose the points A = `moving` on B = `fixed`, both centred:

        R from `align(A, B)`,   s = Σ (A R) ∘ B / Σ A ∘ A,   moved = s A R + mean of `fixed`

    A component's sign and the order of components of similar variance are arbitrary; R undoes both. The unit of a map
    is arbitrary too; s undoes that.

    Args:
        moving, fixed: shape (n, k), one row per movie, the same movies in the same order.

    Raises:
        ShapeError: the two differ in shape, or all points of one coincide.
    """
    a, b = (np.asarray(points, dtype=np.float64) - np.mean(points, axis=0) for points in (moving, fixed))
    rotation = align(a, b)
    own, total = float(np.square(a).sum()), float(np.square(b).sum())
    if own == 0 or total == 0:
        raise ShapeError("All points of a map lie on one spot, so it cannot be compared. Train it for longer.")
    rotated = a @ rotation
    moved = float((rotated * b).sum()) / own * rotated
    return Overlay(moved + np.mean(fixed, axis=0), 1 - float(np.square(b - moved).sum()) / total)


def neighbour_overlap(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each movie, the share (0 to 1) of its k nearest neighbours in one run that are among its k nearest in the
    other. Chance would give k / (n - 1).

    Args:
        one, other: shape (n, k), the rows of each movie's neighbours from `similar.k_nearest`, for the same movies in
            the same order.

    Raises:
        ShapeError: the two differ in shape.
    """
    if one.shape != other.shape:
        raise ShapeError(
            f"Neighbours of shapes {one.shape} and {other.shape} cannot be compared. Give as many of the same items."
        )
    n_shared = (one[:, :, None] == other[:, None, :]).any(axis=2).sum(axis=1)
    share: NDArray[np.float64] = n_shared / max(one.shape[1], 1)
    return share
