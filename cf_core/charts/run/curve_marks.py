"""Marks on the curves: where phases begin, commands that a student gave, and the epoch that another chart shows; a line
each, and their texts in the top margin, none over another."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from cf_core.charts.style import GREY, PINK, PURPLE
from cf_core.training.events import BatchEnded, CommandTaken
from cf_core.training.history import History

N_LINES = 20
"""The latest commands, this many, have a line of their own; earlier ones keep their symbol."""

MARGIN = 34
"""Pixels of the top margin that two rows of texts need."""

_ROW, _CHARACTER, _PANEL = 15, 7.5, 300.0  # pixels: a row, a character, the width of a narrow panel
_SYMBOLS = {
    "pause": "square",
    "resume": "triangle-right",
    "set_learning_rate": "diamond",
    "follow_schedule": "diamond-open",
    "stop": "x",
}


class Mark(NamedTuple):
    """A moment on the axis of epochs, with what happened then."""

    at: float
    text: str
    color: str


def phase_marks(batches: Sequence[BatchEnded]) -> list[Mark]:
    """Where each phase but the first begins."""
    starts: dict[int, int] = {}
    for report in batches:
        starts.setdefault(report.phase, report.epoch - 1)
    return [phase_mark(at, phase) for phase, at in starts.items() if at > 0]


def phase_mark(at: float, phase: int) -> Mark:
    """Where a phase begins; `at` in epochs."""
    return Mark(at, f"phase {phase}", GREY)


def command_marks(history: History) -> list[Mark]:
    """The latest commands."""
    marked = {command.position: command for command in _shown_commands(history)}  # of several at one batch, the last
    latest = list(marked.values())[-N_LINES:]
    return [Mark(command.position, _command_text(command), PINK) for command in latest]


def epoch_mark(epoch: int) -> Mark:
    """The epoch that the film of the map shows."""
    return Mark(epoch, "the map", PURPLE)


def mark_lines(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """A line at each mark, from bottom to top."""
    up = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    return [
        {**up, "x0": mark.at, "x1": mark.at, "line": {"width": 1, "color": mark.color, "dash": "dot"}} for mark in marks
    ]


def mark_labels(marks: Sequence[Mark], n_epochs: int, row: int = 0) -> list[dict[str, Any]]:
    """The texts of the marks above the panel, each right of its line; a text that would run into a later one is left
    out, but its line stays.

    Args:
        row: of the margin, counted from the panel.
    """
    labels: list[dict[str, Any]] = []
    free_until = math.inf  # in pixels of a narrow panel
    for mark in sorted(marks, key=lambda mark: -mark.at):
        left = mark.at / n_epochs * _PANEL
        if left + len(mark.text) * _CHARACTER > free_until:
            continue
        free_until = left
        labels.append(_label(mark, row))
    return labels[::-1]


def _label(mark: Mark, row: int) -> dict[str, Any]:
    place = {"xref": "x", "x": mark.at, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {"text": mark.text, "showarrow": False, "font": {"size": 12}, "yshift": row * _ROW, "borderpad": 0, **place}


def command_points(history: History) -> go.Scatter | None:
    """The commands on the learning rate's panel, each at the rate that held from then on; None where there are none."""
    marked = _shown_commands(history)
    if not marked:
        return None
    return go.Scatter(
        uid="commands",
        name="commands",
        x=[round(command.position, 4) for command in marked],
        y=[_rate(history, command) for command in marked],
        customdata=[f"{_command_text(command)}, before batch {command.batch + 1:,}" for command in marked],
        yaxis="y2",
        mode="markers",
        showlegend=False,
        marker={"symbol": [_SYMBOLS[command.command] for command in marked], "size": 9, "color": PINK},
        hovertemplate="%{customdata}<extra></extra>",
    )


def _shown_commands(history: History) -> list[CommandTaken]:
    """The commands that change how a run goes on; single steps move but its position, and to watch moves nothing."""
    return [command for command in history.commands if command.command in _SYMBOLS]


def _command_text(command: CommandTaken) -> str:
    texts = {"pause": "paused", "resume": "resumed", "stop": "stopped", "follow_schedule": "schedule"}
    return texts.get(command.command) or f"rate {command.learning_rate:.3g}"


def _rate(history: History, command: CommandTaken) -> float | None:
    """The rate from the command on."""
    if command.learning_rate is not None:
        return float(f"{command.learning_rate:.5g}")
    if not history.batches:
        return None
    n_before = bisect_right(history.batches, command.position, key=lambda report: report.position)
    changes = command.command == "follow_schedule" and n_before < len(history.batches)
    return float(f"{history.batches[n_before if changes else max(n_before - 1, 0)].learning_rate:.5g}")
