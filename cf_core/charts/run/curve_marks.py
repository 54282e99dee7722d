"""Marks on the curves: where phases begin, commands that a student gave, and the epoch that another chart shows."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from cf_core.charts.style import GREY, PINK, PURPLE
from cf_core.training.events import BatchEnded, CommandTaken
from cf_core.training.history import History

N_LINES = 20
"""The latest commands, this many, have a line of their own; earlier ones keep their symbol."""

_SYMBOLS = {"pause": "square", "resume": "triangle-right", "set_learning_rate": "diamond", "stop": "x"}


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
    """A line at each of the latest commands, with its name at the lower end."""
    marked = {command.position: command for command in _shown_commands(history)}  # of several at one batch, the last
    latest = list(marked.values())[-N_LINES:]
    return [
        _line(command.position, _command_text(command), PINK, textposition="start", textangle=-90) for command in latest
    ]


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
        marker={"symbol": [_SYMBOLS[command.command] for command in marked], "size": 9, "color": PINK},
        hovertemplate="%{customdata}<extra></extra>",
    )


def epoch_line(epoch: int) -> dict[str, Any]:
    """A line at the epoch that the film of the map shows."""
    return _line(epoch, "the map", PURPLE, textposition="start", textangle=-90)


def _shown_commands(history: History) -> list[CommandTaken]:
    """The commands except single steps, which change nothing but the position of a paused run."""
    return [command for command in history.commands if command.command in _SYMBOLS]


def _command_text(command: CommandTaken) -> str:
    texts = {"pause": "paused", "resume": "resumed", "stop": "stopped"}
    return texts.get(command.command) or f"rate {command.learning_rate:.3g}"


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
