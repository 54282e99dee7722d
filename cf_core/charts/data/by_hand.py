"""The error of the table that is factored by hand, after each step."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from cf_core.by_hand.descent import Cost
from cf_core.charts.style import BLUE, GREY, ORANGE, axis, layout, thin

_SIGN = {None: "■", "dash": "╌╌"}
"""A line's sign in the legend, by its dash."""


def cost_curve(costs: Sequence[Cost], solver_loss: float | None = None) -> go.Figure:
    """RMSE after each step over the training cells and over the held-out ones, for a narrow place: the title is
    the legend. At most 600 steps are drawn.

    Args:
        costs: at least one; mean squared errors (squared stars).
        solver_loss: the exact solver's mean squared error on the training cells, drawn as a line to compare with.
    """
    drawn = [costs[i] for i in thin(len(costs))]
    lines = [_line("training", [(cost.n_steps, cost.train) for cost in drawn], BLUE)]
    if any(cost.valid is not None for cost in drawn):
        lines.append(_line("held out", [(cost.n_steps, cost.valid) for cost in drawn], ORANGE))
    first, last = drawn[0].n_steps, max(drawn[-1].n_steps, drawn[0].n_steps + 10)
    if solver_loss is not None:
        lines.append(_line("solver", [(n, solver_loss) for n in (first, last)], GREY))
        lines[-1].update(mode="lines", line={"dash": "dash", "width": 1.5})
    names = [f'<span style="color:{line.line.color}">{_SIGN[line.line.dash]}</span> {line.name}' for line in lines]
    return go.Figure(
        lines,
        layout(
            "",
            height=176,
            hovermode="x unified",
            dragmode=False,
            showlegend=False,
            margin={"l": 8, "r": 8, "t": 32, "b": 4},
            xaxis=axis("", range=[first - 0.02 * (last - first), last + 0.02 * (last - first)], tickformat="~s"),
            yaxis=axis("", rangemode="tozero", hoverformat=".4f", nticks=5, tickformat="~g"),
        )
        .update(title={"text": "  ".join(["RMSE", *names]), "font": {"size": 13}, "automargin": False})
        .update(title_pad={"t": 6, "b": 0, "l": 4})
        .update(xaxis={"fixedrange": True, "tickprefix": "step ", "showtickprefix": "first"})
        .update(yaxis={"fixedrange": True}),
    )


def _line(name: str, points: list[tuple[int, float | None]], color: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[n for n, _ in points],
        y=[None if loss is None else round(math.sqrt(loss), 5) for _, loss in points],
        mode="lines+markers" if len(points) < 30 else "lines",
        line={"color": color, "width": 2},
        marker={"size": 5},
    )
