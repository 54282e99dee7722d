"""A map of movies in space, to be turned: the points as Plotly traces."""

from typing import Any

import plotly.graph_objects as go

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.point_groups import PointGroup


def space_points(canvas: MovieCanvas, group: PointGroup) -> go.Scatter3d:
    """The movies of a group, with their hover text."""
    diameter: Any = canvas.diameters()[group.rows] if canvas.sized else 3
    return go.Scatter3d(
        uid=group.name,
        name=group.name,
        mode="markers",
        marker={"size": diameter, "opacity": canvas.opacity, "line": {"width": 0}, **group.marker()},
        customdata=canvas.hover_data(group.rows),
        hovertemplate=canvas.hover_template(),
        showlegend=group.in_legend,
        legendrank=group.legend_rank,
        **canvas.at(group.rows),
    )


def space_axes(canvas: MovieCanvas) -> dict[str, Any]:
    """A cube with its axes named, seen from a little above."""
    axes = zip(("xaxis", "yaxis", "zaxis"), canvas.axis_names, strict=True)
    camera = {"eye": {"x": 1.75, "y": 1.75, "z": 1}, "center": {"z": -0.12}}
    return {
        "scene": {**{name: {"title": {"text": text}} for name, text in axes}, "aspectmode": "cube", "camera": camera}
    }
