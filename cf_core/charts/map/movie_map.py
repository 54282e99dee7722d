"""Movies as points on two or three axes, with what is known of them as colour and hover."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.movie_layer import flat_axes, legend_entry, point_layer
from cf_core.charts.map.movie_space import space_axes, space_points
from cf_core.charts.map.point_groups import Clusters, Colour, PointGroup, point_groups
from cf_core.charts.style import layout

_COLOURED_BY: dict[Colour, str] = {
    "genre": "first genre",
    "decade": "decade",
    "bias": "movie bias",
    "popularity": "number of ratings",
    "cluster": "cluster of their factors",
}


def movie_map(
    movies: pd.DataFrame,
    coordinates: NDArray[np.floating[Any]],
    axis_names: Sequence[str],
    colour: Colour = "genre",
    labelled: Sequence[int] = (),
    found: Sequence[int] = (),
    *,
    sized: bool = False,
    clusters: Clusters | None = None,
    near: NDArray[np.int64] | None = None,
    selected: NDArray[np.int64] | None = None,
    pan_to_found: bool = True,
) -> go.Figure:
    """A map of movies: flat for two coordinates per movie, as a layer of points (see points.py) to pan and zoom; for
    three a space to turn.

    Args:
        movies: one row per movie, the most rated first: item_id, title, year (<NA> if unknown), genres ("A|B"),
            n_ratings, mean_rating and, for models that have one, bias.
        coordinates: shape (n_movies, 2) or (n_movies, 3), rows as in `movies`.
        axis_names: one per coordinate.
        colour: the first genre listed (the ten most frequent, the rest is "other"), the decade, the bias, the number of
            ratings on a log scale, or the cluster.
        labelled: rows whose titles are written beside their points.
        found: rows to ring and label.
        sized: whether points are larger the more ratings a movie has.
        clusters: for the colour "cluster".
        near: shape (n_movies, k), rows to draw lines to, from the movie under the mouse and from found ones.
        selected: rows that stand out from the rest of a flat map.
        pan_to_found: whether a flat map moves to the found movies.

    Raises:
        MissingPartError: colour by bias, of a model that has none.
        ConfigError: colour by cluster without clusters.
    """
    opacity = 0.55 if len(labelled) + len(found) > 0 else 0.75
    canvas = MovieCanvas(movies, np.asarray(coordinates, dtype=np.float32), tuple(axis_names), opacity, sized)
    groups = point_groups(movies, colour, clusters)
    points = [legend_entry(group) if canvas.is_flat else space_points(canvas, group) for group in groups]
    lines = None if near is None else canvas.neighbour_lines(list(found), near)
    marks = [lines, canvas.titles(list(labelled), list(found)), canvas.rings(list(found))]
    look = _layout(canvas, colour)
    if canvas.is_flat:
        look.update(_layer(canvas, groups, found if pan_to_found else [], near, selected))
    return go.Figure([*points, *(trace for trace in marks if trace is not None)], look)


def _layout(canvas: MovieCanvas, colour: Colour) -> go.Layout:
    """Zoom is kept for as long as the axes have the same names."""
    return layout(
        f"{len(canvas.movies):,} movies by {_COLOURED_BY[colour]}",
        uirevision=" ".join(canvas.axis_names),
        showlegend=True,
        height=620,
        **(flat_axes(canvas) if canvas.is_flat else space_axes(canvas)),
    )


def _layer(
    canvas: MovieCanvas,
    groups: Sequence[PointGroup],
    pan_to: Sequence[int],
    near: NDArray[np.int64] | None,
    selected: NDArray[np.int64] | None,
) -> dict[str, Any]:
    """The points of a flat map, as parts of the layout; the box of a selection goes once another one is made."""
    revision = "" if selected is None else ",".join(map(str, selected.tolist()))
    layer = point_layer(canvas, groups, pan_to, near, selected)
    return {
        "selectionrevision": hashlib.sha256(revision.encode()).hexdigest()[:12],
        "meta": {"points": layer.packed()},
    }
