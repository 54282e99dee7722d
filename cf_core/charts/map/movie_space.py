"""A map of movies in space, to be turned: the points as Plotly traces."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.point_groups import PointGroup
from cf_core.charts.style import escape_html


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


def space_axes(canvas: MovieCanvas, framed: Sequence[int] = ()) -> dict[str, Any]:
    """A cube with its axes named, seen from a little above; around the movies in the rows `framed` alone, where there
    are some."""
    camera = {"eye": {"x": 1.4, "y": 1.4, "z": 0.8}, "center": {"z": -0.1}}
    scene: dict[str, Any] = {"aspectmode": "cube", "camera": camera}
    for i, name in enumerate(("xaxis", "yaxis", "zaxis")):
        scene[name] = {"title": {"text": escape_html(canvas.axis_names[i])}}
        if framed:
            values = canvas.xyz[list(framed), i]
            room = 0.15 * float(np.ptp(values)) or 1.0
            scene[name]["range"] = [float(values.min()) - room, float(values.max()) + room]
    return {"scene": scene}
