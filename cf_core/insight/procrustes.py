"""Orthogonal Procrustes: the turn that brings one cloud of points as near to another as a turn can.

Nothing in here knows what the points stand for.
"""

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ShapeError


def align(moving: NDArray[np.floating], fixed: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rotation, or rotation and reflection, that brings the points A = `moving` nearest to B = `fixed`:

        R = argmin ‖A R - B‖_F over all R with RᵀR = I   =   U Vᵀ   for the SVD   AᵀB = U S Vᵀ

    Distances between points stay as they are: nothing is scaled, nothing moved as a whole. Take each cloud's mean out
    first where that should not count.

    Args:
        moving, fixed: shape (n, k), one point a row, the same points in the same order.

    Returns:
        R, shape (k, k); `moving @ R` is the aligned cloud.

    Raises:
        ShapeError: the two differ in shape, or are not tables.

    Source: P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem", Psychometrika 31 (1966).
    """
    if moving.ndim != 2 or moving.shape != fixed.shape:
        raise ShapeError(
            f"Points of shapes {moving.shape} and {fixed.shape} cannot be aligned. Give the same points, one a row."
        )
    left, _, right = np.linalg.svd(moving.T.astype(np.float64) @ fixed.astype(np.float64))
    rotation: NDArray[np.float64] = left @ right
    return rotation
