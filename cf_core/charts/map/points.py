"""The layer of many points that the plot component draws itself, faster than Plotly can: packed to be sent.

A figure has it in `layout.meta["points"]`; its legend and colour bar belong to traces that have no points of their own.
Nothing in here knows what the points stand for.
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
class Ink:
    """How some of the points look: a colour in the form #rrggbb, a shape, and the number of the trace with which they
    are hidden in the legend."""

    color: str
    shape: Shape
    trace: int


@dataclass(frozen=True)
class Fact:
    """A number that the tip says of each point, NaN where it says nothing: `before`, the number, `after`."""

    values: NDArray[np.floating]
    before: str = ""
    after: str = ""
    decimals: int = 0
    signed: bool = False

    def packed(self) -> dict[str, Any]:
        words = {"before": self.before, "after": self.after, "decimals": self.decimals, "signed": self.signed}
        return {"values": packed(self.values, np.float32), **words}


@dataclass(frozen=True)
class Flight:
    """Where to go: the ranges of the axes. A layer with the `key` of the last flight goes nowhere."""

    key: str
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True)
class PointLayer:
    """Points on two axes, in the order of their importance: that of names, and of what lies on top.

    Attributes:
        xy: shape (n, 2).
        inks: how points look; `ink` has for each the number of one of these.
        size: (n,), diameters in pixels.
        titles: one a point; `details`: a line about each.
        facts: numbers about each.
        near: (n, k), the rows that lines lead to from the point under the mouse; None for no lines.
        chosen: rows that stand out from the rest; None for all alike.
    """

    xy: NDArray[np.floating]
    inks: Sequence[Ink]
    ink: NDArray[np.integer]
    size: NDArray[np.integer]
    titles: Sequence[str]
    details: Sequence[str]
    facts: Sequence[Fact] = ()
    opacity: float = 0.75
    near: NDArray[np.integer] | None = None
    chosen: NDArray[np.int64] | None = None
    fly: Flight | None = None

    def packed(self) -> dict[str, Any]:
        """The layer as the component reads it: arrays as base64, each different line about a point once."""
        n = len(self.xy)
        index, texts = pd.factorize(np.asarray(self.details, dtype=object))
        near = self.near if self.near is None or self.near.shape[1] else None
        chosen = None if self.chosen is None or not len(self.chosen) else bits_of(self.chosen, n)
        return {
            "n": n,
            "x": packed(self.xy[:, 0], np.float32),
            "y": packed(self.xy[:, 1], np.float32),
            "palette": [vars(ink) for ink in self.inks],
            "colour": packed(self.ink, np.uint8),
            "size": packed(self.size, np.uint8),
            "opacity": self.opacity,
            "title": list(self.titles),
            "detail": {"texts": texts.tolist(), "index": packed(index, np.int32)},
            "facts": [fact.packed() for fact in self.facts],
            "near": None if near is None else {"k": near.shape[1], "rows": packed(near, np.int32)},
            "chosen": chosen,
            "fly": None if self.fly is None else vars(self.fly),
        }


def packed(values: NDArray[Any], dtype: type[np.generic]) -> str:
    """The numbers as bytes, the lowest first, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()).decode()


def bits_of(rows: NDArray[np.int64], n: int) -> str:
    """A set of rows as one bit for each of `n`, the lowest of each byte first, in base64."""
    is_in = np.zeros(n, dtype=np.bool_)
    is_in[rows] = True
    return packed(np.packbits(is_in, bitorder="little"), np.uint8)
