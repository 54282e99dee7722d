"""A figure made ready to send, and what of it is new to a browser that has an earlier one. Nothing in here shows it."""

import json
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import plotly.graph_objects as go

_DEFAULT_HEIGHT = 420

N_BACK = 3
"""A refresh says what is new to a browser that has missed up to this many less one."""


@dataclass(frozen=True)
class Drawing:
    """A figure made ready to send: to be kept in a cache where many look at the same one, since making it ready takes
    longer than sending it."""

    json: str
    height: int

    @classmethod
    def of(cls, figure: go.Figure) -> "Drawing":
        """The figure, at its own height or 420 pixels."""
        return cls(figure.to_json(), figure.layout.height or _DEFAULT_HEIGHT)

    @cached_property
    def parts(self) -> dict[str, Any]:
        """The figure as plain JSON: `data`, a list of traces, and `layout`."""
        parts: dict[str, Any] = json.loads(self.json)
        return parts

    def since(self, before: Sequence["Drawing"]) -> dict[str, Any] | None:
        """What makes this drawing of any of those `before`; None where they have other traces or parts.

        Returns:
            `traces`, for each trace the parts to `set` and the lists to `grow`, by name: from which position on, and
            with which values; `layout`, its parts that differ.
        """
        new, olds = self.parts, [drawing.parts for drawing in before]
        if any(_names(old) != _names(new) for old in olds):
            return None
        traces = [_change([old["data"][i] for old in olds], trace) for i, trace in enumerate(new["data"])]
        return {"traces": traces, "layout": _differing([old["layout"] for old in olds], new["layout"])}


class Sent:
    """What a browser has of one plot. Make one where the page runs as a whole and hand it to the fragment that
    refreshes the plot: a page that has just been opened, or drawn anew, has nothing yet."""

    def __init__(self) -> None:
        self._latest: deque[Drawing] = deque(maxlen=N_BACK)
        self._base = ""

    @property
    def begun(self) -> bool:
        """Whether anything has been sent."""
        return bool(self._base)

    def message(self, drawing: Drawing) -> str:
        """The JSON that brings the browser from what it has to `drawing`: the `figure`, or the `change`; `base` names
        the figure that the change is to."""
        change = drawing.since(self._latest) if self._latest else None
        if change is None:
            self.lost()
            self._base = secrets.token_hex(4)
        self._latest.append(drawing)
        what = f'"figure":{drawing.json}' if change is None else f'"change":{json.dumps(change)}'
        return f'"base":"{self._base}",{what}'

    def lost(self) -> None:
        """The browser cannot follow: it gets the whole figure next time."""
        self._latest.clear()


def _names(figure: dict[str, Any]) -> list[set[str]]:
    """The names of all parts of the figure."""
    return [set(figure["layout"]), *(set(trace) for trace in figure["data"])]


def _differing(olds: list[dict[str, Any]], new: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in new.items() if any(part != old[name] for old in olds)}


def _change(olds: list[dict[str, Any]], new: dict[str, Any]) -> dict[str, Any]:
    """How a trace has changed."""
    differing = _differing(olds, new)
    lists = [name for name in differing if all(isinstance(trace[name], list) for trace in (*olds, new))]
    return {
        "set": {name: part for name, part in differing.items() if name not in lists},
        "grow": {name: _growth([old[name] for old in olds], new[name]) for name in lists},
    }


def _growth(olds: list[list[Any]], new: list[Any]) -> list[Any]:
    """Up to where the lists are the same, and what follows in the new one."""
    at = min(_n_same(old, new) for old in olds)
    return [at, new[at:]]


def _n_same(old: list[Any], new: list[Any]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (one, other) in pairs if one != other), min(len(old), len(new)))
