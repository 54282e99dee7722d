"""What is marked on the curves: where a phase begins, what a student told the run, the epoch that another chart shows.

Nothing in here draws a curve.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from cf_core.charts.style import GREY, PINK, PURPLE
from cf_core.training.events import BatchEnded, CommandTaken
from cf_core.training.history import History

N_LINES = 20
"""So many commands, the latest, have a line of their own; earlier ones keep their symbol."""

_SYMBOLS = {"Pause": "square", "Resume": "triangle-right", "SetLearningRate": "diamond", "Stop": "x"}


def phase_lines(batches: Sequence[BatchEnded]) -> list[dict[str, Any]]:
    """A line where each phase but the first begins."""
    starts: dict[int, int] = {}
    for report in batches:
        starts.setdefault(report.phase, report.epoch - 1)
    return [phase_line(at, phase) for phase, at in starts.items() if at > 0]


def phase_line(at: float, phase: int) -> dict[str, Any]:
    """A line from bottom to top with the phase's number at its upper end; `at` in epochs."""
    return _line(at, f"phase {phase}", GREY, textposition="end", textangle=0, yanchor="top")


def command_lines(history: History) -> list[dict[str, Any]]:
    """A line at each of the latest commands, with what it was at its lower end."""
    marked = {command.position: command for command in _marked(history)}  # of several at one batch, the last
    latest = list(marked.values())[-N_LINES:]
    return [_line(command.position, _said(command), PINK, textposition="start", textangle=-90) for command in latest]


def command_points(history: History) -> go.Scatter | None:
    """The commands on the learning rate's panel, each at the rate that held from then on; None where there are none."""
    marked = _marked(history)
    if not marked:
        return None
    return go.Scatter(
        uid="commands",
        name="commands",
        x=[round(command.position, 4) for command in marked],
        y=[_rate(history, command) for command in marked],
        customdata=[f"{_said(command)}, before batch {command.batch + 1:,}" for command in marked],
        yaxis="y2",
        mode="markers",
        marker={"symbol": [_SYMBOLS[command.command] for command in marked], "size": 9, "color": PINK},
        hovertemplate="%{customdata}<extra></extra>",
    )


def epoch_line(epoch: int) -> dict[str, Any]:
    """A line at the epoch that the film of the map shows."""
    return _line(epoch, "the map", PURPLE, textposition="start", textangle=-90)


def _marked(history: History) -> list[CommandTaken]:
    """The commands without the steps, which move a paused run on and change nothing else."""
    return [command for command in history.commands if command.command in _SYMBOLS]


def _said(command: CommandTaken) -> str:
    said = {"Pause": "paused", "Resume": "resumed", "Stop": "stopped"}
    return said.get(command.command) or f"rate {command.learning_rate:.3g}"


def _rate(history: History, command: CommandTaken) -> float | None:
    """The rate from the command on."""
    if command.learning_rate is not None:
        return float(f"{command.learning_rate:.5g}")
    if not history.batches:
        return None
    n_before = bisect_right(history.batches, command.position, key=lambda report: report.position)
    return float(f"{history.batches[max(n_before - 1, 0)].learning_rate:.5g}")


def _line(at: float, text: str, color: str, **place: Any) -> dict[str, Any]:
    up = {"type": "line", "xref": "x", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1}
    label = {"text": text, "xanchor": "left", "font": {"size": 11}, **place}
    return {**up, "line": {"width": 1, "color": color, "dash": "dot"}, "label": label}
