"""Movies as points on two or three axes, with what is known of them as colour and hover."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.movie_layer import flat_axes, frame_around, legend_entry, moving_axes, point_layer, whole_map
from cf_core.charts.map.movie_space import space_axes, space_points
from cf_core.charts.map.point_groups import Clusters, Colour, PointGroup, point_groups
from cf_core.charts.map.points import ViewTarget
from cf_core.charts.style import layout
from cf_core.words import MOVIES, Words

HEIGHT = 520
"""Pixels: with the page's header and the line above, what fits on a screen of 720."""

_CHARACTER = 5.5  # pixels, in the legend


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
    ends: bool = False,
    whole: int = 0,
    frame: bool = True,
    step: int | None = None,
    words: Words = MOVIES,
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
        labelled: rows whose titles are written beside their points, as far as they do not overlap.
        found: rows to ring, and to label together with those that are `near` them.
        sized: whether points are larger the more ratings a movie has.
        clusters: for the colour "cluster".
        near: shape (n_movies, k), rows to draw lines to, from the movie under the mouse and from found ones.
        selected: rows that stand out from the rest of a flat map.
        ends: whether the axes have ends that mean something: the movies there are named beside them.
        whole: a number that was not given before moves the view back to the whole map.
        frame: whether the view moves to the found movies and those near them, where `whole` is 0.
        step: of movies that are still being moved; they are faint, and each step has axes of its own.
        words: what they and their ratings are called.

    Raises:
        MissingPartError: colour by bias, of a model that has none.
        ConfigError: colour by cluster without clusters.
    """
    opacity = 0.25 if step is not None else 0.55 if len(labelled) + len(found) > 0 else 0.75
    canvas = MovieCanvas(movies, np.asarray(coordinates, dtype=np.float32), tuple(axis_names), opacity, sized, words)
    groups = point_groups(movies, colour, clusters)
    points = [legend_entry(group) if canvas.is_flat else space_points(canvas, group) for group in groups]
    lines = None if near is None else canvas.neighbour_lines(list(found), near)
    around = [] if near is None else [int(row) for one in found for row in near[one]]
    framed = [*found, *around] if frame and not whole else []
    target = frame_around(canvas, framed) if canvas.is_flat else None
    named = around if canvas.is_flat or framed else []  # in the whole space they would be a knot
    titles = canvas.titles(list(labelled), list(found), named, None if target is None else target.corners)
    marks = [lines, titles, canvas.rings(list(found))]
    look = _layout(canvas, groups, step)
    if canvas.is_flat:
        if whole:
            target = ViewTarget(f"whole map {whole}", *whole_map(canvas))
        look.update(flat_axes(canvas, ends) if step is None else moving_axes(canvas))
        look.update(_layer(canvas, groups, target, near, selected))
    else:
        look.update(space_axes(canvas, framed))
    return go.Figure([*points, *(trace for trace in marks if trace is not None)], look)


def _layout(canvas: MovieCanvas, groups: Sequence[PointGroup], step: int | None) -> go.Layout:
    """Zoom is kept for as long as the axes have the same names, and the map as many movies."""
    look = layout(
        "",
        uirevision=f"{' '.join(canvas.axis_names)} {len(canvas.movies)} {step}",
        showlegend=True,
        height=HEIGHT,
        margin={"l": 8, "r": 12, "t": 28, "b": 4},
    )
    look.legend.entrywidth = _CHARACTER * max(len(group.name) for group in groups) + 2
    return look


def _layer(
    canvas: MovieCanvas,
    groups: Sequence[PointGroup],
    pan_to: ViewTarget | None,
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
