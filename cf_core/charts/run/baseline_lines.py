"""The honest rail: thin lines across the curves at what other predictors reach, each with its name on it.

Nothing in here knows where the figures come from. Pixels are guesses for a plot of the usual height: good enough to
keep labels apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from cf_core.charts.style import GREY, plain
from cf_core.insight.baselines import Baseline

REACH = 0.25
"""A line is drawn if it lies no further from the curves than this share of their height."""

_HEIGHT, _LABEL, _GAP = 210.0, 15.0, 3.0  # pixels: of the panel, of a label, between a label and its line
_WIDTH = 0.3  # of a label, as a share of the panel

Side = Literal["right", "left"]


@dataclass(frozen=True)
class Mark:
    """A line in sight: its baseline, its height in the metric shown, and what the axis shows (low, high) with it."""

    baseline: Baseline
    loss: float
    shown: tuple[float, float]

    @property
    def room(self) -> tuple[float, float]:
        """The losses just below and above it, for its label."""
        needed = (_LABEL + 2 * _GAP) / _HEIGHT * (self.shown[1] - self.shown[0])
        return self.loss - needed, self.loss + needed


@dataclass(frozen=True)
class Curves:
    """The points of the curves, which labels keep clear of: `x` in epochs of `n_epochs`, `y` None where not finite."""

    x: Sequence[float]
    y: Sequence[float | None]
    n_epochs: int

    def n_within(self, side: Side, low: float, high: float) -> int:
        """How many points a label on that side covers, between the losses `low` and `high`."""
        start = 1 - _WIDTH if side == "right" else 0.0
        return sum(
            y is not None and low <= y <= high and start <= x / self.n_epochs <= start + _WIDTH
            for x, y in zip(self.x, self.y, strict=True)
        )


def rail_in_sight(
    rail: Sequence[Baseline], shown: tuple[float, float] | None, metric: Literal["mse", "rmse"]
) -> list[Mark]:
    """The lines that lie within the axis from `shown[0]` to `shown[1]`, or so near that the curves stay large."""
    if shown is None:
        return []
    reach = REACH * (shown[1] - shown[0])
    losses = [(baseline, baseline.rmse if metric == "rmse" else baseline.valid_loss) for baseline in rail]
    near = [(baseline, loss) for baseline, loss in losses if shown[0] - reach <= loss <= shown[1] + reach]
    whole = min([shown[0], *(loss for _, loss in near)]), max([shown[1], *(loss for _, loss in near)])
    return [Mark(baseline, loss, whole) for baseline, loss in near]


def rail_lines(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """The lines, under the curves."""
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    return [{**across, "y0": mark.loss, "y1": mark.loss, "line": {"width": 1, "color": GREY}} for mark in marks]


def rail_labels(marks: Sequence[Mark], curves: Curves, lesson: float | None) -> list[dict[str, Any]]:
    """Name and figure of each line, with the formula in the hover: at the right or left end, above or below the line,
    wherever it covers least of the other labels (the lesson's under its line, at the right), of lines and of curves."""
    if not marks:
        return []
    pixel = (marks[0].shown[1] - marks[0].shown[0]) / _HEIGHT or 1.0
    lines = [mark.loss for mark in marks] + ([] if lesson is None else [lesson])
    taken: list[Box] = [] if lesson is None else [("right", lesson - (_LABEL + 2 * _GAP) * pixel, lesson)]
    boxes = [[_box(mark.loss, side, above, pixel) for side, above in _PLACES] for mark in marks]
    costs = [
        [_cost(box, mark, lines, curves, pixel) for box in of_mark] for mark, of_mark in zip(marks, boxes, strict=True)
    ]

    def against(chosen: tuple[int, ...]) -> tuple[float, float]:
        """What speaks against a place for each label: above all that one covers another."""
        there = taken + [of_mark[place] for of_mark, place in zip(boxes, chosen, strict=True)]
        covered = sum(_covered(box, there[:i], pixel) for i, box in enumerate(there))
        return round(covered, 3), sum(of_mark[place] for of_mark, place in zip(costs, chosen, strict=True))

    best = min(product(range(len(_PLACES)), repeat=len(marks)), key=against)
    return [_label(mark, *_PLACES[place]) for mark, place in zip(marks, best, strict=True)]


Box = tuple[Side, float, float]
"""What a label covers: its end of the line, the lowest and the highest loss."""

_PLACES: list[tuple[Side, bool]] = list(product(("right", "left"), (True, False)))


def _box(loss: float, side: Side, above: bool, pixel: float) -> Box:
    low = loss + _GAP * pixel if above else loss - (_GAP + _LABEL) * pixel
    return side, low, low + _LABEL * pixel


def _covered(box: Box, others: Sequence[Box], pixel: float) -> float:
    """How many pixels of other labels a label covers."""
    side, low, high = box
    return sum(max(0.0, min(high, top) - max(low, bottom)) for where, bottom, top in others if where == side) / pixel


def _cost(box: Box, mark: Mark, lines: Sequence[float], curves: Curves, pixel: float) -> float:
    """What speaks against a place besides other labels: the notes along the top, then lines, then curves."""
    side, low, high = box
    beyond = max(0.0, high - (mark.shown[1] - _LABEL * pixel)) / pixel
    crossed = sum(low <= line <= high for line in lines)
    return 100 * beyond + 50 * crossed + curves.n_within(side, low, high)


def _label(mark: Mark, side: Side, above: bool) -> dict[str, Any]:
    across = {"xref": "paper", "x": 1 if side == "right" else 0, "xanchor": side}
    along = {"yref": "y", "y": mark.loss, "yanchor": "bottom" if above else "top"}
    about = mark.baseline
    known = f"RMSE {about.rmse:.3f}" + ("" if about.mae is None else f", MAE {about.mae:.3f}") + " stars"
    hover = "<br>".join(plain(line) for line in (*about.formula.split("; "), known, about.source))
    return {
        "text": plain(f"{about.name}: {mark.loss:.3f}"),
        "showarrow": False,
        "font": {"size": 12},
        "hovertext": hover,
        **across,
        **along,
    }
