"""Ranges and ticks of the axes under curves, chosen so that a growing plot neither jumps nor hides its end."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cf_core.charts.style import axis

STEP_UP, STEP_DOWN = 1.6, 1.5
"""By how much a settled range grows at a time."""

_FREE: dict[str, Any] = {"autorange": True, "showticklabels": True, "showgrid": True}
_EMPTY: dict[str, Any] = {"autorange": False, "showticklabels": False, "showgrid": False}
"""Both set the same keys: a plot that is updated in place keeps whatever the next figure leaves out."""


def epoch_axis(n_epochs: int, **more: Any) -> dict[str, Any]:
    """An axis from 0 to `n_epochs`, with a little room so that the last marker is whole."""
    whole = {"tickmode": "linear", "tick0": 0, "dtick": max(1, math.ceil(n_epochs / 12))}
    title = {"unifiedhovertitle": {"text": "epoch %{x:.2f}"}}
    return axis("epochs", range=[0, n_epochs * 1.015], showgrid=False, **whole, **title, **more)


def loss_range(
    train: list[float | None], valid: list[float | None], lesson: list[float | None]
) -> tuple[float, float] | None:
    """The lowest and the highest loss that the axis shows; None where there are none.

    The first training losses are left out where they are far above nine tenths of the others and above all validation
    losses.
    """
    reports, marks = _finite(train), _finite(valid + lesson)
    if not reports and not marks:
        return None
    top = 1.12 * max(float(np.quantile(reports, 0.9)) if reports else 0, *marks, 0)
    if not reports or not marks or max(reports) <= 1.25 * top:
        return min(reports + marks), max(reports + marks)
    return 0.93 * min(reports + marks), top


def loss_limits(
    train: list[float | None], valid: list[float | None], lesson: list[float | None]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Bounds of the loss axis, and a note on what lies above it.

    The bounds act on the automatic range only, so that a user's zoom is kept.
    """
    shown = loss_range(train, valid, lesson)
    if shown is None:
        return {**_EMPTY, "range": [0, 1]}, [_note("no losses yet", x=0.5, y=0.7)]
    reports = _finite(train)
    bounds: dict[str, Any] = {"include": []}
    if max(reports, default=0) <= shown[1]:
        return {**_FREE, "autorangeoptions": bounds}, []
    bounds |= {"clipmin": shown[0], "clipmax": shown[1]}
    text = f"starts at {reports[0]:.3g}" if reports[0] > shown[1] else f"up to {max(reports):.3g}"
    return {**_FREE, "autorangeoptions": bounds}, [_note(f"↑ {text}", x=0.02, y=1)]


def settled_range(
    train: list[float | None], valid: list[float | None], goals: Sequence[float]
) -> tuple[float, float] | None:
    """The lowest and the highest loss of an axis that stays as it is for as long as it can; None where there is nothing
    to show.

    It holds all `goals` from the start. It becomes larger by whole steps, where losses leave it: upwards for what the
    latter half of the run reaches, so that high first losses widen it for a moment only; downwards for the lowest loss.
    """
    reports, marks = _finite(train), _finite(valid)
    if not (reports or marks or goals):
        return None
    known = list(goals) or [max(reports + marks)]
    top, bottom = 1.05 * max(known), 0.72 * min(known)
    late = reports[len(reports) // 2 :]
    highest = max([float(np.quantile(late, 0.9)) if late else 0.0, *marks[len(marks) // 2 :]])
    lowest = min(reports + marks, default=bottom)
    while top < highest:
        top *= STEP_UP
    while bottom > lowest:
        bottom = bottom / STEP_DOWN if bottom > min(known) / 50 else 0.0
    return bottom, top


def _finite(losses: list[float | None]) -> list[float]:
    return [loss for loss in losses if loss is not None]


def _note(text: str, **where: Any) -> dict[str, Any]:
    """Text below the point `x`, `y` of the plot, in fractions of its width and height."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left" if where["x"] < 0.5 else "center", "yanchor": "top"}
    return {"text": text, "showarrow": False, "font": {"size": 12}, **place, **where}


def rate_ticks(rates: list[float], n_ticks: int = 5) -> dict[str, Any]:
    """At most `n_ticks` ticks at powers of ten; rates more than five decades below the highest are cut off."""
    highest = max(rates, default=0.0)
    if highest <= 0:
        return {**_EMPTY, "range": [-3, -1]}
    lowest = max(min((rate for rate in rates if rate > 0), default=highest), highest * 1e-5)
    low, high = math.floor(math.log10(lowest) + 1e-9), math.ceil(math.log10(highest) - 1e-9)
    low -= low == high
    powers = range(high, low - 1, -math.ceil((high - low + 1) / n_ticks))
    bounds = {"include": [10.0 ** (low - 0.1), 10.0 ** (high + 0.1)], "clipmin": 10.0 ** (low - 0.3)}
    ticks = {"tickvals": [10.0**power for power in powers], "ticktext": [f"10<sup>{power}</sup>" for power in powers]}
    return {**_FREE, **ticks, "autorangeoptions": bounds}
