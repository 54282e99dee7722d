"""Places for labels so that they do not overlap: around points, or along an axis.

Sizes are estimates for a plot of common size, good enough to pick a side.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import isotonic_regression

_PLOT = np.array([900.0, 420.0])  # pixels
_CHARACTER, _LINE, _GAP = 6.0, 13.0, 5.0
# Offset of the label's centre from its point, in half widths and half heights (with the gap added).
_SIDES = {
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top center": (0, 1),
    "bottom center": (0, -1),
    "top right": (1, 1),
    "top left": (-1, 1),
    "bottom right": (1, -1),
    "bottom left": (-1, -1),
}


def label_places(points: npt.NDArray[np.floating[Any]], rows: Sequence[int], texts: Sequence[str]) -> list[str]:
    """Plotly's `textposition` for each label, chosen greedily in the given order: the side that covers least so far.

    Args:
        points: shape (n, 2), all points of the plot; they set the scale.
        rows: the points that have a label.
        texts: the labels, one per row.
    """
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    at = (points[list(rows)] - low) / np.where(span > 0, span, 1) * _PLOT
    boxes = np.empty((0, 4))
    places = []
    for point, text in zip(at, texts, strict=True):
        half = np.array([len(text) * _CHARACTER, _LINE]) / 2
        options = np.array([_box(point + np.array(side) * (half + _GAP), half) for side in _SIDES.values()])
        best = int(np.argmin([_overlap(box, boxes) + _outside(box) for box in options]))
        boxes = np.vstack([boxes, options[best]])
        places.append(list(_SIDES)[best])
    return places


def spread_out(places: npt.NDArray[np.float64], gap: float) -> npt.NDArray[np.float64]:
    """The places moved apart to at least `gap`, in the same order, as little as can be (least squares)."""
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(len(places))
    moved = places.astype(np.float64)
    if len(places) > 1:
        moved[order] = isotonic_regression(places[order] - steps) + steps
    return moved


def _box(centre: npt.NDArray[Any], half: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([centre - half, centre + half])


def _overlap(box: npt.NDArray[Any], others: npt.NDArray[Any]) -> float:
    """Area that `box` shares with the others."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return float(np.prod(np.clip(sides, 0, None), axis=1).sum())


def _outside(box: npt.NDArray[Any]) -> float:
    """Pixels by which `box` leaves the plot, weighted like covered text."""
    beyond = np.clip(-box[:2], 0, None) + np.clip(box[2:] - _PLOT, 0, None)
    return float(beyond.sum()) * _LINE
