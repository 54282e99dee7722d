"""Places for labels so that they do not overlap: around points, or along an axis.

Sizes are estimates for a plot of common size, good enough to pick a side.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_PLOT = (900.0, 420.0)  # pixels
_CHARACTER, _LINE, _GAP = 6.3, 14.0, 5.0
_POINT = 20.0  # what covering a point costs, in pixels of covered text
_ELSEWHERE = 60.0  # what any side but the right costs: on zooming in, names appear at the right of their points
_MAX_POINTS = 5_000  # that labels keep clear of
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

Corners = tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.floating[Any]]]
"""The lowest and the highest coordinates in view."""


def label_places(
    points: npt.NDArray[np.floating[Any]],
    rows: Sequence[int],
    texts: Sequence[str],
    view: Corners | None = None,
    plot: tuple[float, float] = _PLOT,
) -> list[str]:
    """Plotly's `textposition` for each label, chosen greedily in the given order: the side that covers least so far,
    and fewest points.

    Args:
        points: shape (n, 2), all points of the plot.
        rows: the points that have a label.
        texts: the labels, one per row.
        view: the corners of what the plot shows; by default, those of all points.
        plot: width and height of the plot in pixels.
    """
    boxes: list[npt.NDArray[Any]] = []
    places = []
    for place, box, _ in _best_sides(points, rows, texts, view, plot, boxes):
        boxes.append(box)
        places.append(place)
    return places


def clear_labels(
    points: npt.NDArray[np.floating[Any]],
    rows: Sequence[int],
    texts: Sequence[str],
    most: int,
    n_kept: int = 0,
    view: Corners | None = None,
    plot: tuple[float, float] = _PLOT,
) -> dict[int, str]:
    """Of at most `most` labels that overlap no other and stay inside the plot, the first that do: position in `rows`
    to `textposition`. The first `n_kept` are taken in any case. Other arguments as for `label_places`."""
    boxes: list[npt.NDArray[Any]] = []
    places: dict[int, str] = {}
    for i, (place, box, is_free) in enumerate(_best_sides(points, rows, texts, view, plot, boxes)):
        if len(places) >= max(most, n_kept):
            break
        if is_free or i < n_kept:
            boxes.append(box)
            places[i] = place
    return places


def _best_sides(
    points: npt.NDArray[np.floating[Any]],
    rows: Sequence[int],
    texts: Sequence[str],
    view: Corners | None,
    plot: tuple[float, float],
    boxes: Sequence[npt.NDArray[Any]],
) -> Iterator[tuple[str, npt.NDArray[Any], bool]]:
    """Of each label its best side, its box there, and whether that is clear of the plot's edge and of `boxes`, to
    which the caller adds those that it takes."""
    low, high = (points.min(axis=0), points.max(axis=0)) if view is None else view
    scale = np.array(plot) / np.where(high > low, high - low, 1)
    near = (points[:_MAX_POINTS] - low) * scale
    for row, text in zip(rows, texts, strict=True):
        half = np.array([len(text) * _CHARACTER, _LINE]) / 2
        at = (points[row] - low) * scale
        options = np.array([_box(at + np.array(side) * (half + _GAP), half) for side in _SIDES.values()])
        taken = np.array([_overlap(box, np.reshape(boxes, (-1, 4))) + _outside(box, plot) for box in options])
        cost = taken + [_POINT * _covered(box, near) for box in options]
        cost[1:] += _ELSEWHERE
        best = int(cost.argmin())
        yield list(_SIDES)[best], options[best], not taken[best]


def spread_out(places: npt.NDArray[np.float64], gap: float) -> npt.NDArray[np.float64]:
    """The places moved apart to at least `gap`, in the same order, as little as can be (least squares)."""
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(len(places))
    moved = places.astype(np.float64)
    if len(places) > 1:
        from sklearn.isotonic import isotonic_regression  # scikit-learn takes most of a second to import

        moved[order] = isotonic_regression(places[order] - steps) + steps
    return moved


def _box(centre: npt.NDArray[Any], half: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([centre - half, centre + half])


def _overlap(box: npt.NDArray[Any], others: npt.NDArray[Any]) -> float:
    """Area that `box` shares with the others."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return float(np.prod(np.clip(sides, 0, None), axis=1).sum())


def _outside(box: npt.NDArray[Any], plot: tuple[float, float]) -> float:
    """Pixels by which `box` leaves the plot, weighted like covered text."""
    beyond = np.clip(-box[:2], 0, None) + np.clip(box[2:] - np.array(plot), 0, None)
    return float(beyond.sum()) * _LINE


def _covered(box: npt.NDArray[Any], points: npt.NDArray[Any]) -> int:
    """How many points lie under `box`."""
    return int(((points > box[:2]) & (points < box[2:])).all(axis=1).sum())
