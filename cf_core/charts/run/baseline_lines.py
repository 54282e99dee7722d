"""Thin lines across the loss curves at what simple predictors reach, with their names in the right margin.

Sizes in pixels are those of a panel of the usual height; a taller one only leaves more air between the labels.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cf_core.charts.label_places import spread_out
from cf_core.charts.style import GREY, escape_html
from cf_core.insight.baselines import Baseline

REACH = 0.25
"""A line is drawn if it lies no further from the curves than this share of their height."""

LABEL_WIDTH = 124
"""Pixels of the right margin that the labels need."""

_ROOM = 0.02  # beyond a line, as a share of the axis
_PANEL, _LABEL = 210.0, 30.0  # pixels: height of the panel, and of a label of two lines
_CHARACTERS = 18  # in one line of a label


@dataclass(frozen=True)
class Level:
    """A loss (in the metric shown) at which a line crosses the curves, with its name and what the hover adds."""

    name: str
    loss: float
    hover: str | None = None


def visible_baselines(
    baselines: Sequence[Baseline], shown: tuple[float, float] | None, metric: Literal["mse", "rmse"]
) -> list[Level]:
    """The baselines within the axis from `shown[0]` to `shown[1]`, or so near that the curves keep two thirds of it."""
    if shown is None:
        return []
    reach = REACH * (shown[1] - shown[0])
    levels = [
        Level(baseline.name, baseline.rmse if metric == "rmse" else baseline.valid_loss, _hover(baseline))
        for baseline in baselines
    ]
    return [level for level in levels if shown[0] - reach <= level.loss <= shown[1] + reach]


def axis_span(levels: Sequence[Level], shown: tuple[float, float]) -> tuple[float, float]:
    """The lowest and the highest loss of an axis that holds what is `shown` and the levels, lines at its ends whole."""
    losses = [level.loss for level in levels]
    low, high = min([shown[0], *losses]), max([shown[1], *losses])
    room = _ROOM * (high - low)
    return min([shown[0], *(loss - room for loss in losses)]), max([shown[1], *(loss + room for loss in losses)])


def baseline_lines(levels: Sequence[Level]) -> list[dict[str, Any]]:
    """The lines, under the curves."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    return [{**across, "y0": level.loss, "y1": level.loss, "line": {"width": 1, "color": GREY}} for level in levels]


def level_labels(levels: Sequence[Level], span: tuple[float, float]) -> list[dict[str, Any]]:
    """Name and figure of each level, right of the panel at the height of its line; labels that would overlap are moved
    apart, as little as possible (least squares).

    Args:
        levels: in any order.
        span: the lowest and the highest loss of the axis.
    """
    pixels_per_loss = _PANEL / ((span[1] - span[0]) or 1.0)
    heights = np.array([(level.loss - span[0]) * pixels_per_loss for level in levels])
    shifts = spread_out(heights, _LABEL) - heights
    return [_label(level, float(shift)) for level, shift in zip(levels, shifts, strict=True)]


def _label(level: Level, shift: float) -> dict[str, Any]:
    lines = textwrap.wrap(f"{level.name}: {level.loss:.3f}", _CHARACTERS)
    return {
        "text": "<br>".join(map(escape_html, lines)),
        "align": "left",
        "font": {"size": 12},
        "showarrow": False,
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 6,  # clear of a marker at the end of a curve
        "yref": "y",
        "y": level.loss,
        "yanchor": "middle",
        "yshift": round(shift, 2),
        "hovertext": level.hover,
    }


def _hover(baseline: Baseline) -> str:
    """Formula, figures and source, a line each."""
    figures = f"RMSE {baseline.rmse:.3f}" + ("" if baseline.mae is None else f", MAE {baseline.mae:.3f}") + " stars"
    return "<br>".join(escape_html(line) for line in (*baseline.formula.split("; "), figures, baseline.source))
