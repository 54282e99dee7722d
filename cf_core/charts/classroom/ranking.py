"""Who is ahead in a class, by nickname."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.classroom.axes import FONT, large_axis, rmse_title, setting_title
from cf_core.charts.style import BLUE, GREY, ORANGE, escape_html, layout
from cf_core.settings import format_value
from cf_core.words import Words

MOST = 12
"""Members on the chart; the one whose own it is comes in any case."""

_LINE, _ROOM = 30, 130
"""Pixels of a member, and of titles and axis together."""

_RESULTS = {"rank", "member_id", "nickname", "run_id", "rmse", "n_runs"}


def ranking(best: pd.DataFrame, own: str | None, words: Words, goal: float | None = None) -> go.Figure:
    """The best RMSE of each member, the best on top, at most `MOST`; the distance to the best is the thick line.

    Args:
        best: a row per member in order: `rank, member_id, nickname, run_id, rmse`, the settings of the run, `n_runs`.
        own: the member whose bar is orange; None for none.
        words: the nouns of the data set.
        goal: the RMSE to reach, as a line.
    """
    shown = best[(best.index < MOST) | (best["member_id"] == own)]
    names = [f"{rank}. {escape_html(name)}" for rank, name in zip(shown["rank"], shown["nickname"], strict=True)]
    colors = [ORANGE if member == own else BLUE for member in shown["member_id"]]
    low, high = _limits(shown, goal)
    left_out = len(best) - len(shown)
    return go.Figure(
        go.Bar(
            uid="ranking",
            orientation="h",
            base=low,
            x=(shown["rmse"] - low).round(5).tolist(),
            y=names,
            marker={"color": colors},
            text=[f"{rmse:.4f}" for rmse in shown["rmse"]],
            textfont={"size": FONT},
            textposition="outside",
            customdata=[[_about(row), row["run_id"]] for row in shown.to_dict("records")],
            hovertemplate="<b>%{y}</b> · RMSE %{text}<br>%{customdata[0]}<extra></extra>",
            cliponaxis=False,
        ),
        layout(
            "Best of each, so far" + (f" · and {left_out} more" if left_out else ""),
            height=_ROOM + _LINE * max(len(shown), 3),
            xaxis=large_axis(rmse_title(words), range=[low, high], nticks=5),
            yaxis=large_axis("", autorange="reversed", type="category"),
            shapes=[] if goal is None else [_goal_line(goal)],
        ),
    )


def _limits(shown: pd.DataFrame, goal: float | None) -> tuple[float, float]:
    """Bars begin a little before the best: from 0 on, all would look alike."""
    values = [*shown["rmse"], *([] if goal is None else [goal])] or [1.0]
    low, high = min(values), max(values)
    room = max(high - low, 0.01 * low)
    return low - 0.25 * room, high + 0.5 * room


def _about(row: Mapping[Hashable, Any]) -> str:
    """The settings of the run, and how many they have."""
    settings = [f"{setting_title(str(name))} {_value(value)}" for name, value in row.items() if name not in _RESULTS]
    n_runs = row["n_runs"]
    return f"{' · '.join(settings)}<br>{n_runs} run{'s' * (n_runs != 1)}"


def _value(value: object) -> str:
    return escape_html(format_value(value) if isinstance(value, str | float) else value)


def _goal_line(goal: float) -> dict[str, object]:
    line = {"color": GREY, "width": 2, "dash": "dash"}
    return {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": goal, "x1": goal, "line": line}
