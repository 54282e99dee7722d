"""Lines across the loss curves at what there is to beat, each with its name and figure in the right margin.

Sizes in pixels are those of a panel of the usual height; a taller one only leaves more air between the labels.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cf_core.charts.label_places import spread_out
from cf_core.charts.style import CATEGORICAL, GREY, escape_html
from cf_core.insight.baselines import Baseline
from cf_core.words import MOVIES, Words

LABEL_WIDTH = 128
"""Pixels of the right margin that the labels need."""

_COLORS = (GREY, CATEGORICAL[8], CATEGORICAL[5])  # none is a curve's
_PANEL, _LABEL = 215.0, 37.0  # pixels: height of the panel, and of a label of two lines
_TIE = 12  # pixels between the panel and a label
_CHARACTERS = 18  # in one line of a label


@dataclass(frozen=True)
class Level:
    """A loss (in the metric shown) at which a line crosses the curves, with its name, its look, and what the hover
    adds."""

    name: str
    loss: float
    color: str = GREY
    dash: str = "solid"
    hover: str | None = None


def baseline_levels(
    baselines: Sequence[Baseline], metric: Literal["mse", "rmse"], words: Words = MOVIES
) -> list[Level]:
    """The levels of the baselines, each in a colour of its own."""
    return [
        Level(
            words.told(baseline.name),
            baseline.rmse if metric == "rmse" else baseline.valid_loss,
            _COLORS[i % len(_COLORS)],
            hover=_hover(baseline, words),
        )
        for i, baseline in enumerate(baselines)
    ]


def level_lines(levels: Sequence[Level]) -> list[dict[str, Any]]:
    """The lines, under the curves."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    return [
        {**across, "y0": one.loss, "y1": one.loss, "line": {"width": 1.5, "color": one.color, "dash": one.dash}}
        for one in levels
    ]


def level_labels(levels: Sequence[Level], span: tuple[float, float]) -> list[dict[str, Any]]:
    """Name and figure of each level, right of the panel at the height of its line and tied to it; labels that would
    overlap are moved apart, as little as possible (least squares).

    Args:
        levels: in any order.
        span: the lowest and the highest loss of the axis.
    """
    pixels_per_loss = _PANEL / ((span[1] - span[0]) or 1.0)
    heights = np.array([(level.loss - span[0]) * pixels_per_loss for level in levels])
    shifts = spread_out(heights, _LABEL) - heights
    return [_label(level, float(shift)) for level, shift in zip(levels, shifts, strict=True)]


def _label(level: Level, shift: float) -> dict[str, Any]:
    """The name in the colour of the line, the figure in that of the text, which has the better contrast."""
    figure = f"{level.loss:.3f}"
    *above, last = textwrap.wrap(f"{level.name}: {figure}", _CHARACTERS)
    name = last.removesuffix(figure).rstrip()
    named = "<br>".join(escape_html(line) for line in [*above, name] if line)
    between = " " if name else "<br>"
    return {
        "text": f'<span style="color:{level.color}">{named}</span>{between}<b>{figure}</b>',
        "align": "left",
        "font": {"size": 13},
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "arrowcolor": level.color,
        "xref": "paper",
        "x": 1,
        "ax": _TIE,
        "xanchor": "left",
        "yref": "y",
        "y": level.loss,
        "ay": -round(shift, 2),
        "yanchor": "middle",
        "hovertext": level.hover,
    }


def _hover(baseline: Baseline, words: Words) -> str:
    """Formula, figures and source, a line each."""
    figures = (
        f"RMSE {baseline.rmse:.3f}" + ("" if baseline.mae is None else f", MAE {baseline.mae:.3f}") + f" {words.unit}"
    )
    return "<br>".join(
        escape_html(line) for line in (*words.told(baseline.formula).split("; "), figures, baseline.source)
    )
