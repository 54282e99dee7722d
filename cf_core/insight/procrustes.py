"""Orthogonal Procrustes: the rotation or reflection that brings one cloud of points closest to another."""

import numpy as np
from numpy.typing import NDArray

from cf_core.errors import ShapeError


def align(moving: NDArray[np.floating], fixed: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rotation, with a reflection if needed, that brings the points A = `moving` closest to B = `fixed`:

        R = argmin ‖A R - B‖_F over all R with RᵀR = I   =   U Vᵀ   for the SVD   AᵀB = U S Vᵀ

    Distances between points stay the same: nothing is scaled or translated. Centre both clouds first if their position
    should not count.

    Args:
        moving, fixed: shape (n, k), one row per point, the same points in the same order.

    Returns:
        R, shape (k, k); `moving @ R` is the aligned cloud.

    Raises:
        ShapeError: the two differ in shape, or do not have two dimensions.

    Source: P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem", Psychometrika 31 (1966).
    """
    if moving.ndim != 2 or moving.shape != fixed.shape:
        raise ShapeError(
            f"Points of shapes {moving.shape} and {fixed.shape} cannot be aligned. Give the same points, one per row."
        )
    left, _, right = np.linalg.svd(moving.T.astype(np.float64) @ fixed.astype(np.float64))
    rotation: NDArray[np.float64] = left @ right
    return rotation
