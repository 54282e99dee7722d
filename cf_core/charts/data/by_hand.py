"""The small table that is factored by hand as a heat map, and its cost after each step."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.by_hand.descent import Cost
from cf_core.by_hand.steps import Cell
from cf_core.by_hand.table import SmallTable
from cf_core.charts.data.ratings import distinct
from cf_core.charts.style import (
    BLUE,
    DIVERGING,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    PURPLE,
    SEQUENTIAL,
    axis,
    colorscale,
    escape_html,
    layout,
    thin,
)

Show = Literal["predictions", "errors", "ratings"]
TITLES: dict[Show, str] = {
    "predictions": "What the factors predict, in stars",
    "errors": "Prediction minus rating, in stars",
    "ratings": "The ratings, in stars",
}
LARGEST_ERROR = 2.0
"""Where the colours of the errors end, in stars."""


def hand_heatmap(
    table: SmallTable, predicted: NDArray[np.float64], show: Show, selected: Cell | None = None
) -> go.Figure:
    """The table as a heat map, a number in each cell; held-out cells framed, guesses for blank cells with a notch.

    Each cell's customdata begins with its row and column.

    Args:
        predicted: stars, (n_users, n_items).
        show: what the cells hold. Errors and ratings leave blank cells empty.
        selected: row and column of the cell with a thick frame.
    """
    values = {"predictions": predicted, "errors": predicted - table.rating, "ratings": table.rating}[show]
    low, high = table.rating_range
    colors: dict[str, Any] = {"colorscale": colorscale(SEQUENTIAL), "zmin": low, "zmax": high}
    if show == "errors":
        colors = {"colorscale": colorscale(DIVERGING), "zmin": -LARGEST_ERROR, "zmax": LARGEST_ERROR}
    sign = "+" if show == "errors" else ""
    users, movies = [str(user) for user in table.user_ids], movie_names(table)
    cells = go.Heatmap(
        name=show,
        x=movies,
        y=users,
        z=[[None if math.isnan(value) else round(value, 3) for value in row] for row in values.tolist()],
        text=[["" if math.isnan(value) else f"{value:{sign}.1f}" for value in row] for row in values.tolist()],
        texttemplate="%{text}",
        customdata=_cell_data(table, predicted),
        hovertemplate="<b>%{customdata[2]}</b><br>user %{customdata[3]}<br>%{customdata[4]}<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
        showscale=False,
        **colors,
    )
    category = {"type": "category", "showgrid": False, "tickmode": "linear", "dtick": 1}
    return go.Figure(
        cells,
        layout(
            TITLES[show],
            height=250 + 22 * len(users),
            uirevision=f"{table.user_ids} {table.item_ids}",
            showlegend=True,
            shapes=_marks(table, show, selected),
            xaxis=axis("movie", tickangle=-50, tickfont={"size": 11}, range=[-0.5, len(movies) - 0.5], **category),
            yaxis=axis("user id", range=[len(users) - 0.5, -0.5], **category),
        ),
    )


def cost_curve(costs: Sequence[Cost], solver_loss: float | None = None) -> go.Figure:
    """RMSE after each step over the training cells and over the held-out ones; at most 600 steps are drawn.

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
        lines.append(_line("solver, training", [(n, solver_loss) for n in (first, last)], PURPLE))
        lines[-1].update(mode="lines", line={"dash": "dash", "width": 1.5})
    return go.Figure(
        lines,
        layout(
            "The cost falls",
            height=300,
            hovermode="x unified",
            xaxis=axis("steps", range=[first - 0.02 * (last - first), last], tickformat=",d"),
            yaxis=axis("RMSE (stars)", rangemode="tozero", hoverformat=".4f"),
        ),
    )


def movie_names(table: SmallTable) -> list[str]:
    """Short titles, with the id where two movies have the same."""
    return distinct(table.item_ids, dict(zip(table.item_ids, table.titles, strict=True)))


def _cell_data(table: SmallTable, predicted: NDArray[np.float64]) -> list[list[list[Any]]]:
    """For each cell: row, column, full title, user, and the text of its hover."""
    return [
        [
            [i, j, escape_html(title), str(user), _hover_text(table, predicted, (i, j))]
            for j, title in enumerate(table.titles)
        ]
        for i, user in enumerate(table.user_ids)
    ]


def _hover_text(table: SmallTable, predicted: NDArray[np.float64], place: Cell) -> str:
    rating, guess, role = table.rating[place], predicted[place], table.role(*place)
    if role == "blank":
        return f"no rating; the factors guess {guess:.2f}"
    note = ", held out" if role == "held out" else ""
    return f"rating {rating:g}{note}<br>predicted {guess:.2f}, error {guess - rating:+.2f}"


def _marks(table: SmallTable, show: Show, selected: Cell | None) -> list[go.layout.Shape]:
    """Marks on cells, as shapes, because they let the mouse through and scale with the cells."""
    held_out = np.argwhere(table.held_out).tolist()
    marks = [_mark("held out", [_square(i, j, 0.42) for i, j in held_out], line={"color": GREEN, "width": 2})]
    if show == "predictions":
        blank = np.argwhere(np.isnan(table.rating)).tolist()
        notches = [f"M{j + 0.5},{i - 0.5}H{j + 0.2}L{j + 0.5},{i - 0.2}Z" for i, j in blank]
        marks.append(_mark("no rating, a guess", notches, fillcolor=GREY, line={"color": "white", "width": 1}))
    if selected is not None:
        marks.append(_mark("selected", [_square(*selected, 0.5)], line={"color": PINK, "width": 4}))
    return [mark for mark in marks if mark.path]


def _square(i: int, j: int, reach: float) -> str:
    return f"M{j - reach:g},{i - reach:g}H{j + reach:g}V{i + reach:g}H{j - reach:g}Z"


def _mark(name: str, paths: list[str], **style: Any) -> go.layout.Shape:
    return go.layout.Shape(
        type="path", path="".join(paths), name=name, showlegend=True, **{"fillcolor": "rgba(0,0,0,0)", **style}
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
