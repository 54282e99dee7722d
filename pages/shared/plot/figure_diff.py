"""A figure serialized to be sent to the browser, and the difference to figures that were sent before."""

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
"""A change applies to any of this many earlier figures: a browser may miss up to this many messages less one."""


@dataclass(frozen=True)
class SerializedFigure:
    """A figure as JSON. Worth caching where many look at the same figure: serializing takes longer than sending."""

    json: str
    height: int

    @classmethod
    def of(cls, figure: go.Figure) -> "SerializedFigure":
        """The figure, at its own height or 420 pixels."""
        return cls(figure.to_json(), figure.layout.height or _DEFAULT_HEIGHT)

    @cached_property
    def parts(self) -> dict[str, Any]:
        """The figure as plain JSON: `data`, a list of traces, and `layout`."""
        parts: dict[str, Any] = json.loads(self.json)
        return parts

    def with_trace(self, trace: go.Scatter) -> "SerializedFigure":
        """The figure with `trace` in place of its trace of that name: for a drawing that many look at, each with a
        trace of their own."""
        own = json.loads(trace.to_json())
        data = [own if one.get("name") == own["name"] else one for one in self.parts["data"]]
        return SerializedFigure(json.dumps({**self.parts, "data": data}), self.height)

    def change_from(self, earlier: Sequence["SerializedFigure"]) -> dict[str, Any] | None:
        """The change that turns any of the `earlier` figures into this one; None where their traces or attributes have
        other names.

        Returns:
            `traces`, for each trace the attributes to `set` and the lists to `extend`, by name: from which position on,
            and with which values; `layout`, its attributes that differ. `Change` in web/messages.d.ts.
        """
        new, olds = self.parts, [figure.parts for figure in earlier]
        if any(_names(old) != _names(new) for old in olds):
            return None
        traces = [_trace_change([old["data"][i] for old in olds], trace) for i, trace in enumerate(new["data"])]
        return {"traces": traces, "layout": _differing([old["layout"] for old in olds], new["layout"])}


class SentState:
    """What a browser has of one plot. Create one where the page runs as a whole and pass it to the fragment that
    refreshes the plot: a page that was just opened has nothing yet."""

    def __init__(self) -> None:
        self._latest: deque[SerializedFigure] = deque(maxlen=N_BACK)
        self._base = ""

    @property
    def begun(self) -> bool:
        """Whether anything has been sent."""
        return bool(self._base)

    def message(self, figure: SerializedFigure) -> str:
        """The members of the JSON message that brings the browser to `figure`: the whole `figure`, or a `change`;
        `base` names the figure that the change builds on."""
        change = figure.change_from(self._latest) if self._latest else None
        if change is None:
            self.reset()
            self._base = secrets.token_hex(4)
        self._latest.append(figure)
        content = f'"figure":{figure.json}' if change is None else f'"change":{json.dumps(change)}'
        return f'"base":"{self._base}",{content}'

    def reset(self) -> None:
        """Send the whole figure next time, because the browser cannot apply the changes."""
        self._latest.clear()


def _names(figure: dict[str, Any]) -> list[set[str]]:
    """The names of the layout's and of each trace's attributes."""
    return [set(figure["layout"]), *(set(trace) for trace in figure["data"])]


def _differing(olds: list[dict[str, Any]], new: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if any(value != old[name] for old in olds)}


def _trace_change(olds: list[dict[str, Any]], new: dict[str, Any]) -> dict[str, Any]:
    differing = _differing(olds, new)
    lists = [name for name in differing if all(isinstance(trace[name], list) for trace in (*olds, new))]
    return {
        "set": {name: value for name, value in differing.items() if name not in lists},
        "extend": {name: _extension([old[name] for old in olds], new[name]) for name in lists},
    }


def _extension(olds: list[list[Any]], new: list[Any]) -> list[Any]:
    """The length of the prefix that all lists share, and what follows it in the new one."""
    at = min(_prefix_length(old, new) for old in olds)
    return [at, new[at:]]


def _prefix_length(old: list[Any], new: list[Any]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (one, other) in pairs if one != other), min(len(old), len(new)))
