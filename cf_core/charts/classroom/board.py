"""The board of a class: every run as a point, the best of each student with their nickname."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.classroom.axes import (
    FONT,
    is_in_decades,
    large_axis,
    rmse_limits,
    rmse_title,
    setting_axis,
    setting_title,
)
from cf_core.charts.label_places import Corners, clear_labels
from cf_core.charts.many.parallel import parallel_runs
from cf_core.charts.style import BLUE, GREY, ORANGE, SEQUENTIAL, colorscale, escape_html, layout
from cf_core.settings import format_value
from cf_core.words import Words

HEIGHT = 520
MOST_LABELS, N_KEPT = 8, 3
"""Nicknames on the plot at most, and how many of the best have theirs whatever it covers."""

_MOST_TRIED = 24
"""Of so many of the best it is tried whether there is room for their nickname."""

MOST_TICKS = 5
"""On the bar of colours: of a few values, each has one."""

_LARGE = 22
"""Size of the best points, in pixels."""

_PLOT = (700.0, 300.0)
"""Width and height of the plot, in pixels of the letters that `clear_labels` reckons with, which are smaller."""

FINISHED, TRAINING = "finished", "in training"
RMSE, FACTORS = "RMSE", "n_factors"


def board_scatter(
    rows: pd.DataFrame,
    free: Sequence[str],
    x: str,
    best: Sequence[str],
    own: str | None,
    words: Words,
    goal: float | None = None,
) -> go.Figure:
    """A point per run that has an RMSE: a setting against validation RMSE. Colours are the number of factors, or
    another free setting where that one is locked or the axis. The best run of each member is larger and has a nickname;
    the member's own have rings. A point that is clicked has the run's id as the last of its `customdata`.

    Args:
        rows: see `Board`.
        free: the free settings.
        x: that of the axis.
        best: ids of the best run of each member, the best first.
        own: the member whose runs have rings; None for none.
        words: the nouns of the data set.
        goal: the RMSE to reach, as a line.
    """
    shown = rows[rows["rmse"].notna()]
    limits = rmse_limits(shown["rmse"].tolist(), goal)
    hue = _hue(shown, free, x)
    marker = _colors(shown, hue)
    leaders = shown[shown["run_id"].isin(best)]
    finished, training = shown["state"] == FINISHED, shown["state"] == TRAINING
    points = [
        _points("finished", shown[finished & ~shown["run_id"].isin(best)], x, free, marker, size=14),
        _points("in training", shown[training], x, free, marker, size=14, symbol="circle-open"),
        _points("stopped early", shown[~finished & ~training], x, free, marker, size=12, symbol="x-thin-open"),
        _points("best of each", leaders, x, free, marker, size=_LARGE),
    ]
    traces = [*points, own_rings(rows, own, x), _names(shown, x, best, limits), *map(_legend, points)]
    n_above = 0 if limits is None else int((shown["rmse"] > limits[1]).sum())
    return go.Figure(
        traces,
        layout(
            f"Every run of the class: {setting_title(x)} and RMSE",
            uirevision=x,
            height=HEIGHT,
            xaxis=setting_axis(shown[x], x),
            yaxis=large_axis(rmse_title(words), range=limits),
            coloraxis=_color_bar(shown, hue),
            legend_font_size=FONT,
            shapes=[] if goal is None else [_goal_line(goal)],
            annotations=[*_goal_label(goal), *_above(n_above), *_empty(shown)],
        ),
    )


def board_parallel(rows: pd.DataFrame, free: Sequence[str]) -> go.Figure:
    """The finished runs as lines over the axes of their free settings and RMSE; `within` finds those that are
    brushed."""
    return parallel_runs(parallel_table(rows, free), [setting_title(name) for name in free], RMSE)


def parallel_table(rows: pd.DataFrame, free: Sequence[str]) -> pd.DataFrame:
    """The finished runs by their ids, under the names of the screen."""
    finished = rows[(rows["state"] == FINISHED) & rows["rmse"].notna()].set_index("run_id")
    return finished[[*free, "rmse"]].rename(columns={name: setting_title(name) for name in free} | {"rmse": RMSE})


def _points(
    name: str, rows: pd.DataFrame, x: str, free: Sequence[str], colors: "pd.Series[float] | None", **marker: Any
) -> go.Scatter:
    """Points in one shape, coloured by the shared axis of colours, or all in one."""
    color = {"color": BLUE} if colors is None else {"color": colors[rows.index].tolist(), "coloraxis": "coloraxis"}
    edge = {"width": 3 if "symbol" in marker else 1}
    settings = "".join(f"<br>{setting_title(one)}: %{{customdata[{i}]}}" for i, one in enumerate(free, start=2))
    return go.Scatter(
        uid=name,
        name=name,
        mode="markers",
        x=rows[x].tolist(),
        y=[round(value, 5) for value in rows["rmse"]],
        marker={**color, **marker, "line": edge, "opacity": 0.9},
        customdata=_about(rows, free),
        hovertemplate=f"<b>%{{customdata[0]}}</b> · RMSE %{{y:.4f}}{settings}<br>%{{customdata[1]}}<extra></extra>",
        showlegend=False,
    )


def _legend(points: go.Scatter) -> go.Scatter:
    """What the legend says of such points: Plotly would show those on an axis of colours in black, on black."""
    marker = {"color": GREY, "size": points.marker.size, "symbol": points.marker.symbol or "circle"}
    line = {"width": points.marker.line.width}
    shown = [None] * bool(len(points.x))
    return go.Scatter(
        name=points.name, mode="markers", x=shown, y=shown, marker={**marker, "line": line}, showlegend=bool(shown)
    )


def _about(rows: pd.DataFrame, free: Sequence[str]) -> npt.NDArray[np.object_]:
    """What the hover says of each run, and, last, its id; shape (n, settings + 3). An array, since Plotly looks at
    every entry of a list, over and over."""
    how = [f"{state}, {n} epoch{'s' * (n != 1)}" for state, n in zip(rows["state"], rows["epochs"], strict=True)]
    settings = [[_value(value) for value in rows[name]] for name in free]
    columns = [[escape_html(name) for name in rows["nickname"]], how, *settings, rows["run_id"].tolist()]
    return np.array(columns, dtype=object).T.reshape(len(rows), len(columns))


def _value(value: object) -> str:
    return escape_html(format_value(value) if isinstance(value, str | float) else value)


def own_rings(rows: pd.DataFrame, own: str | None, x: str) -> go.Scatter:
    """Rings around a member's own points, through which clicks and hovers fall; the trace "yours" of `board_scatter`,
    for one drawing that many are shown, each with their own."""
    rows = rows[(rows["member_id"] == own) & rows["rmse"].notna()]
    ring = {"symbol": "circle-open", "size": 32, "color": ORANGE, "line": {"width": 3}}
    y = [round(value, 5) for value in rows["rmse"]]
    return go.Scatter(
        uid="yours",
        name="yours",
        mode="markers",
        x=rows[x].tolist(),
        y=y,
        marker=ring,
        hoverinfo="skip",
        showlegend=bool(y),
    )


def _names(shown: pd.DataFrame, x: str, best: Sequence[str], limits: tuple[float, float] | None) -> go.Scatter:
    """The nicknames beside the best points, as many as there is room for, the best first."""
    place_of = {run_id: place for place, run_id in enumerate(shown["run_id"])}
    ranked = shown.iloc[[place_of[run_id] for run_id in best if run_id in place_of][:_MOST_TRIED]]
    rows, names, at = (
        [place_of[run_id] for run_id in ranked["run_id"]],
        ranked["nickname"].tolist(),
        _positions(shown, x),
    )
    places = clear_labels(at, rows, names, MOST_LABELS, N_KEPT, _view(at, limits), _PLOT) if names else {}
    labelled = ranked.iloc[list(places)]
    return go.Scatter(
        uid="names",
        mode="markers+text",
        marker={"size": _LARGE, "opacity": 0},  # which keeps the names off the points
        x=labelled[x].tolist(),
        y=[round(value, 5) for value in labelled["rmse"]],
        text=[escape_html(name) for name in labelled["nickname"]],
        textposition=list(places.values()),
        textfont={"size": FONT},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _positions(rows: pd.DataFrame, x: str) -> npt.NDArray[np.float64]:
    """Where the points stand, shape (n, 2): by the places of names, by logarithms, or by numbers."""
    values = rows[x]
    if not pd.api.types.is_numeric_dtype(values):
        across = pd.Categorical(values).codes.astype(np.float64)
    else:
        numbers = values.to_numpy(np.float64)
        across = np.log10(numbers) if is_in_decades(values, x) else numbers
    return np.column_stack([across, rows["rmse"].to_numpy(np.float64)])


def _view(at: npt.NDArray[np.float64], limits: tuple[float, float] | None) -> Corners | None:
    if limits is None or not len(at):
        return None
    low, high = at[:, 0].min(), at[:, 0].max()
    room = 0.06 * (high - low) or 1.0
    return np.array([low - room, limits[0]]), np.array([high + room, limits[1]])


def _hue(rows: pd.DataFrame, free: Sequence[str], x: str) -> str | None:
    """The setting that colours the points: the factors, or else the first that has numbers and is not the axis."""
    others = [name for name in free if name != x and pd.api.types.is_numeric_dtype(rows[name])]
    return FACTORS if FACTORS in others else next(iter(others), None)


def _colors(rows: pd.DataFrame, hue: str | None) -> "pd.Series[float] | None":
    """The position of each point on the axis of colours; None where all have one colour."""
    if hue is None:
        return None
    values = rows[hue].astype(float)
    return pd.Series(np.log10(values), rows.index) if is_in_decades(rows[hue], hue) else values


def _color_bar(rows: pd.DataFrame, hue: str | None) -> dict[str, Any]:
    at = _colors(rows, hue)
    if at is None or hue is None or rows.empty:
        return {"showscale": False}
    low, high = float(at.min()), float(at.max())
    ticks = np.unique(at) if at.nunique() <= MOST_TICKS else np.linspace(low, high, MOST_TICKS)
    values = 10**ticks if is_in_decades(rows[hue], hue) else ticks
    bar = {
        "title": {"text": setting_title(hue), "font": {"size": FONT}},
        "tickvals": ticks.tolist(),
        "ticktext": [format_value(float(f"{value:.2g}")) for value in values],
        "tickfont": {"size": FONT},
        "thickness": 16,
        "outlinewidth": 0,
    }
    ends = {"cmin": low, "cmax": high} if low < high else {"cmin": low - 1, "cmax": low + 1}
    return {"colorscale": colorscale(SEQUENTIAL), "colorbar": bar, **ends}


def _goal_line(goal: float) -> dict[str, Any]:
    line = {"color": GREY, "width": 2, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": goal, "y1": goal, "line": line, "layer": "below"}


def _goal_label(goal: float | None) -> list[dict[str, Any]]:
    if goal is None:
        return []
    place = {"xref": "paper", "x": 1, "xanchor": "right", "y": goal, "yanchor": "bottom"}
    return [{"text": f"goal {goal:g}", "showarrow": False, "font": {"size": FONT}, **place}]


def _above(n: int) -> list[dict[str, Any]]:
    """How many runs are worse than what the axis shows."""
    if not n:
        return []
    place = {"xref": "paper", "yref": "paper", "x": 0.01, "xanchor": "left", "y": 1, "yanchor": "top"}
    return [{"text": f"↑ {n} more", "showarrow": False, "font": {"size": FONT}, **place}]


def _empty(rows: pd.DataFrame) -> list[dict[str, Any]]:
    if len(rows):
        return []
    place = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    return [{"text": "no run has ended an epoch yet", "showarrow": False, "font": {"size": FONT}, **place}]
