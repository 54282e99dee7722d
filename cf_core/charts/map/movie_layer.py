"""A flat map of movies, of up to 90,000: the points as a layer that the plot component draws, the legend as traces."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.point_groups import ColourScale, PointGroup
from cf_core.charts.map.points import PointLayer, PointStyle, TooltipField, ViewTarget
from cf_core.charts.style import axis, ramp

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


def flat_axes(canvas: MovieCanvas) -> dict[str, Any]:
    """Axes whose ranges hold all points, to be moved by dragging."""
    (left, low), (right, high) = canvas.xyz.min(axis=0), canvas.xyz.max(axis=0)
    ends = ((float(left), float(right)), (float(low), float(high)))
    xaxis, yaxis = (_axis(name, *of_axis) for name, of_axis in zip(canvas.axis_names, ends, strict=True))
    return {"xaxis": xaxis, "yaxis": yaxis, "dragmode": "pan"}


def _axis(name: str, start: float, end: float) -> dict[str, Any]:
    room = 0.04 * ((end - start) or 1)
    return axis(name, range=[start - room, end + room])


def point_layer(
    canvas: MovieCanvas,
    groups: Sequence[PointGroup],
    pan_to: Sequence[int] = (),
    near: NDArray[np.integer[Any]] | None = None,
    selected: NDArray[np.int64] | None = None,
) -> PointLayer:
    """All points of a map.

    Args:
        canvas: the movies and where they lie.
        groups: in the order of the figure's first traces, which are their entries in the legend.
        pan_to: rows of movies to move the view to.
        near: shape (n_movies, k), rows that lines lead to from the movie under the mouse.
        selected: rows that stand out.
    """
    movies = canvas.movies
    year = movies["year"].astype("Int64").astype("string").fillna("no year")
    styles, style = _styles(groups, len(movies))
    return PointLayer(
        xy=canvas.xyz,
        styles=styles,
        style=style,
        size=canvas.diameters(),
        titles=movies["title"].tolist(),
        details=(year + " · " + movies["genres"].str.replace("|", ", ")).tolist(),
        fields=_tooltip_fields(canvas),
        opacity=canvas.opacity,
        near=near,
        selected=selected,
        pan_to=_view_target(canvas, pan_to),
    )


def _styles(groups: Sequence[PointGroup], n_movies: int) -> tuple[list[PointStyle], NDArray[np.uint8]]:
    """The styles of all groups, `N_STEPS` for a scale of colours, and the number of each movie's style."""
    styles: list[PointStyle] = []
    style = np.zeros(n_movies, dtype=np.uint8)
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
        TooltipField(movies["mean_rating"].to_numpy(np.float64), "mean ", " stars", decimals=2),
    ]
    if "bias" in movies:
        fields.append(TooltipField(movies["bias"].to_numpy(np.float64), "bias ", decimals=2, signed=True))
    return fields


def _view_target(canvas: MovieCanvas, rows: Sequence[int]) -> ViewTarget | None:
    """The movies in `rows` with some room around them, but no less than a sixth of the map; None for no movies."""
    if not rows:
        return None
    x, y = (_range_around(values[list(rows)], float(np.ptp(values)) / 6 or 1.0) for values in canvas.xyz.T)
    return ViewTarget(f"{sorted(rows)} {canvas.axis_names}", x, y)


def _range_around(values: NDArray[np.float32], least: float) -> tuple[float, float]:
    width = max(1.3 * float(np.ptp(values)), least)
    middle = float(values.min() + values.max()) / 2
    return middle - width / 2, middle + width / 2
