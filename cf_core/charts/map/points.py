"""A layer of many points, packed for the plot component, which draws it itself because Plotly would be too slow.

A figure carries the layer in `layout.meta["points"]`; its legend and colour bar belong to traces without points. The
browser's side of the format is `PointLayer` in pages/shared/plot/web/messages.d.ts.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Shape = Literal["circle", "square", "diamond"]


@dataclass(frozen=True)
class PointStyle:
    """How some of the points look.

    Attributes:
        color: in the form #rrggbb.
        trace: the number of the trace whose entry in the legend hides and shows the points.
    """

    color: str
    shape: Shape
    trace: int


@dataclass(frozen=True)
class TooltipField:
    """A number in the tooltip of each point, written as `before`, the number, `after`; NaN leaves the line out."""

    values: NDArray[np.floating]
    before: str = ""
    after: str = ""
    decimals: int = 0
    signed: bool = False

    def packed(self) -> dict[str, Any]:
        """The field as the component reads it."""
        text = {"before": self.before, "after": self.after, "decimals": self.decimals, "signed": self.signed}
        return {"values": packed(self.values, np.float32), **text}


@dataclass(frozen=True)
class ViewTarget:
    """Ranges of the axes to pan to. The browser pans to each `key` once, so that a refresh moves nothing."""

    key: str
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def corners(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest coordinates."""
        return np.array([self.x[0], self.y[0]]), np.array([self.x[1], self.y[1]])


@dataclass(frozen=True)
class PointLayer:
    """Points on two axes, the most important first: it is drawn on top and named first.

    Attributes:
        xy: shape (n, 2).
        styles: how points look; `style`, shape (n,), has the number of each point's style.
        size: shape (n,), diameters in pixels.
        titles: one per point; `details`: a line about each.
        fields: numbers in the tooltip.
        near: shape (n, k), the rows that lines lead to from the point under the mouse; None for no lines.
        selected: rows that stand out from the rest; None for all alike.
        pan_to: where to move the view; None leaves it as it is.
    """

    xy: NDArray[np.floating]
    styles: Sequence[PointStyle]
    style: NDArray[np.integer]
    size: NDArray[np.integer]
    titles: Sequence[str]
    details: Sequence[str]
    fields: Sequence[TooltipField] = ()
    opacity: float = 0.75
    near: NDArray[np.integer] | None = None
    selected: NDArray[np.int64] | None = None
    pan_to: ViewTarget | None = None

    def packed(self) -> dict[str, Any]:
        """The layer as the component reads it: arrays in base64, each distinct line of `details` once."""
        n = len(self.xy)
        index, texts = pd.factorize(np.asarray(self.details, dtype=object))
        near = self.near if self.near is None or self.near.shape[1] else None
        selected = None if self.selected is None or not len(self.selected) else bits_of(self.selected, n)
        return {
            "n": n,
            "x": packed(self.xy[:, 0], np.float32),
            "y": packed(self.xy[:, 1], np.float32),
            "styles": [vars(style) for style in self.styles],
            "style": packed(self.style, np.uint8),
            "size": packed(self.size, np.uint8),
            "opacity": self.opacity,
            "titles": list(self.titles),
            "details": {"texts": texts.tolist(), "index": packed(index, np.int32)},
            "fields": [field.packed() for field in self.fields],
            "near": None if near is None else {"k": near.shape[1], "rows": packed(near, np.int32)},
            "selected": selected,
            "pan_to": None if self.pan_to is None else vars(self.pan_to),
        }


def packed(values: NDArray[Any], dtype: type[np.generic]) -> str:
    """The numbers as little-endian bytes in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()).decode()


def bits_of(rows: NDArray[np.int64], n: int) -> str:
    """A set of rows as `n` bits in base64, the lowest bit of each byte first."""
    is_in = np.zeros(n, dtype=np.bool_)
    is_in[rows] = True
    return packed(np.packbits(is_in, bitorder="little"), np.uint8)
