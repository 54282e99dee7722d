"""A flat map of movies, of up to 90,000: the points as a layer that the plot component draws, the legend as traces."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.map.landmarks import end_titles, in_lines
from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.point_groups import ColourScale, PointGroup
from cf_core.charts.map.points import PointLayer, PointStyle, TooltipField, ViewTarget
from cf_core.charts.style import axis, escape_html, ramp

N_STEPS = 64
"""Distinct colours in a colour scale; more would not be noticed."""


def legend_entry(group: PointGroup) -> go.Scatter:
    """A trace without points, for the group's entry in the legend or its colour bar."""
    marker = {"size": 8, "opacity": 0.9, **group.marker()}
    if isinstance(group.color, ColourScale):
        marker |= {"color": [group.color.low], "showscale": True}
    return go.Scatter(
        uid=group.name,
        name=group.name,
        mode="markers",
        x=[None],
        y=[None],
        marker=marker,
        hoverinfo="skip",
        showlegend=group.in_legend,
        legendrank=group.legend_rank,
    )


def flat_axes(canvas: MovieCanvas, ends: bool) -> dict[str, Any]:
    """Axes whose ranges hold all points, to be moved by dragging; with `ends`, each names the movies at its ends."""
    look = {"showticklabels": False}  # the unit of a component says nothing
    (left, right), (low, high) = (list(span) for span in whole_map(canvas))
    across, up = map(escape_html, canvas.axis_names)
    return {
        "xaxis": axis(across, range=[left, right], **look) | ({"title": _below_ends(across, 40)} if ends else {}),
        "yaxis": axis(up, range=[low, high], **look) | ({"title": _below_ends(up, 24)} if ends else {}),
        "annotations": _ends(canvas) if ends else [],
        "dragmode": "pan",
    }


def moving_axes(canvas: MovieCanvas) -> dict[str, Any]:
    """Axes for movies on the move, whose ranges hold nearly all: a few are far out at first."""
    low, high = np.quantile(canvas.xyz, [0.01, 0.99], axis=0)
    ranges = [_with_room(float(low[i]), float(high[i]), 0.15) for i in range(2)]
    xaxis, yaxis = (
        axis(escape_html(name), range=list(span), showticklabels=False)
        for name, span in zip(canvas.axis_names, ranges, strict=True)
    )
    return {"xaxis": xaxis, "yaxis": yaxis}


def whole_map(canvas: MovieCanvas) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ranges of both axes that hold all points, with some room."""
    across, up = (_with_room(float(values.min()), float(values.max()), 0.04) for values in canvas.xyz.T)
    return across, up


def _with_room(low: float, high: float, share: float) -> tuple[float, float]:
    room = share * ((high - low) or 1)
    return low - room, high + room


def _below_ends(name: str, standoff: int) -> dict[str, Any]:
    return {"text": name, "standoff": standoff}


def _ends(canvas: MovieCanvas) -> list[dict[str, Any]]:
    """The movies at the ends of both axes, written between the axis and its name."""
    titles = canvas.movies["title"].tolist()
    (left, right), (low, high) = (end_titles(values, titles) for values in canvas.xyz.T)
    common = {"xref": "x domain", "yref": "y domain", "showarrow": False, "font": {"size": 12}}
    below = {**common, "y": 0, "yanchor": "top", "yshift": -4}
    beside = {**common, "x": 0, "xanchor": "right", "xshift": -4, "textangle": -90}
    return [
        {**below, "x": 0, "xanchor": "left", "align": "left", "text": "← " + "<br>".join(in_lines(left, 2, 24))},
        {**below, "x": 1, "xanchor": "right", "align": "right", "text": "<br>".join(in_lines(right, 2, 24)) + " →"},
        {**beside, "y": 0, "yanchor": "bottom", "text": "← " + in_lines(low, 1, 30)[0]},
        {**beside, "y": 1, "yanchor": "top", "text": in_lines(high, 1, 30)[0] + " →"},
    ]


def point_layer(
    canvas: MovieCanvas,
    groups: Sequence[PointGroup],
    pan_to: ViewTarget | None = None,
    near: NDArray[np.integer[Any]] | None = None,
    selected: NDArray[np.int64] | None = None,
) -> PointLayer:
    """All points of a map.

    Args:
        canvas: the movies and where they lie.
        groups: in the order of the figure's first traces, which are their entries in the legend.
        pan_to: where to move the view.
        near: shape (n_items, k), rows that lines lead to from the movie under the mouse.
        selected: rows that stand out.
    """
    movies = canvas.movies
    styles, style = _styles(groups, len(movies))
    return PointLayer(
        xy=canvas.xyz,
        styles=styles,
        style=style,
        size=canvas.diameters(),
        titles=movies["title"].tolist(),
        details=canvas.details(np.arange(len(movies))),
        fields=_tooltip_fields(canvas),
        opacity=canvas.opacity,
        near=near,
        selected=selected,
        pan_to=pan_to,
    )


def _styles(groups: Sequence[PointGroup], n_items: int) -> tuple[list[PointStyle], NDArray[np.uint8]]:
    """The styles of all groups, `N_STEPS` for a scale of colours, and the number of each movie's style."""
    styles: list[PointStyle] = []
    style = np.zeros(n_items, dtype=np.uint8)
    for trace, group in enumerate(groups):
        first = len(styles)
        if isinstance(group.color, ColourScale):
            style[group.rows] = first + _steps(group.color)
            styles += [PointStyle(color, group.shape, trace) for color in ramp(group.color.stops, N_STEPS)]
        else:
            style[group.rows] = first
            styles.append(PointStyle(group.color, group.shape, trace))
    return styles, style


def _steps(scale: ColourScale) -> NDArray[np.uint8]:
    """The step of the scale, from 0, that each value falls on."""
    share = np.clip((scale.values - scale.low) / ((scale.high - scale.low) or 1), 0, 1)
    steps: NDArray[np.uint8] = (share * (N_STEPS - 1)).round().astype(np.uint8)
    return steps


def _tooltip_fields(canvas: MovieCanvas) -> list[TooltipField]:
    movies = canvas.movies
    fields = [
        TooltipField(movies["n_ratings"].to_numpy(np.float64), after=" ratings"),
        TooltipField(movies["mean_rating"].to_numpy(np.float64), "mean ", f" {canvas.words.unit}", decimals=2),
    ]
    if "bias" in movies:
        fields.append(TooltipField(movies["bias"].to_numpy(np.float64), "bias ", decimals=2, signed=True))
    return fields


def frame_around(canvas: MovieCanvas, rows: Sequence[int]) -> ViewTarget | None:
    """The movies in `rows` with 15 % of room around them, but no less than a tenth of the map; None for no movies."""
    if not rows:
        return None
    x, y = (_range_around(values[list(rows)], float(np.ptp(values)) / 10 or 1.0) for values in canvas.xyz.T)
    return ViewTarget(f"{sorted(rows)} {canvas.axis_names}", x, y)


def _range_around(values: NDArray[np.float32], least: float) -> tuple[float, float]:
    low, high = _with_room(float(values.min()), float(values.max()), 0.15)
    short = max(least - (high - low), 0) / 2
    return low - short, high + short
