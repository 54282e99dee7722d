"""Movies as points on two or three axes, with what is known of them as colour and hover.

Nothing in here computes coordinates.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.movie_layer import LayerCanvas
from cf_core.charts.style import CATEGORICAL, DIVERGING, GREY, SEQUENTIAL, colorscale, plain, ramp
from cf_core.errors import ConfigError, MissingPartError
from cf_core.insight.axes import decades

Colour = Literal["genre", "decade", "bias", "popularity", "cluster"]
_COLOURED_BY = {
    "genre": "first genre",
    "decade": "decade",
    "bias": "movie bias",
    "popularity": "number of ratings",
    "cluster": "cluster of their factors",
}
N_GENRES = len(CATEGORICAL)
_SYMBOLS = ("circle", "square", "diamond")  # those that the 3-D plot draws solid


@dataclass(frozen=True)
class Clusters:
    """The cluster of each movie, from 0, and a name for each cluster."""

    labels: npt.NDArray[np.int64]
    names: Sequence[str]


def movie_map(
    movies: pd.DataFrame,
    coordinates: npt.NDArray[np.floating[Any]],
    axis_names: Sequence[str],
    colour: Colour = "genre",
    labelled: Sequence[int] = (),
    found: Sequence[int] = (),
    *,
    sized: bool = False,
    clusters: Clusters | None = None,
    near: npt.NDArray[np.int64] | None = None,
    chosen: npt.NDArray[np.int64] | None = None,
    fly: bool = True,
) -> go.Figure:
    """A map of movies: flat for two coordinates a movie, as a layer of points (see points.py) to pan and zoom; a space
    to turn for three.

    Args:
        movies: one row a movie, the most rated first: item_id, title, year (<NA> if unknown), genres ("A|B"),
            n_ratings, mean_rating and, for models that have one, bias.
        coordinates: shape (n_movies, 2) or (n_movies, 3), rows as in `movies`.
        axis_names: one a coordinate.
        colour: the first genre listed (the ten most frequent, the rest is "other"), the decade, the bias, the number of
            ratings on a log scale, or the cluster.
        labelled: rows whose titles are written beside their points.
        found: rows to ring, label and, on a flat map, `fly` to.
        sized: whether points are the larger the more ratings a movie has.
        clusters: for the colour "cluster".
        near: shape (n_movies, k), rows to draw lines to, from the movie under the mouse and from found ones.
        chosen: rows that stand out from the rest of a flat map.

    Raises:
        MissingPartError: colour by bias, of a model that has none.
        ConfigError: colour by cluster without clusters.
    """
    if colour == "bias" and "bias" not in movies:
        raise MissingPartError("This model has no movie biases. Choose another colour, or train a model with biases.")
    xyz = np.asarray(coordinates, dtype=np.float32)
    opacity = 0.55 if len(labelled) + len(found) > 0 else 0.75
    flat = xyz.shape[1] == 2
    names = tuple(axis_names)
    canvas = (
        LayerCanvas(movies, xyz, names, opacity, sized) if flat else MovieCanvas(movies, xyz, names, opacity, sized)
    )
    ties = canvas.ties(list(found), near) if near is not None else None
    extra = [ties, canvas.labels(list(labelled), list(found)), canvas.rings(list(found))]
    traces = [*_coloured(canvas, colour, clusters), *(trace for trace in extra if trace is not None)]
    look = canvas.layout(_COLOURED_BY[colour])
    if isinstance(canvas, LayerCanvas):
        revision = "" if chosen is None else ",".join(map(str, chosen.tolist()))
        look.selectionrevision = hashlib.sha256(revision.encode()).hexdigest()[:12]  # a box is gone once it has chosen
        look.meta = {"points": canvas.layer(traces, found if fly else [], near, chosen).packed()}
    return go.Figure(traces, look)


def _coloured(canvas: MovieCanvas, colour: Colour, clusters: Clusters | None) -> list[Any]:
    if colour == "genre":
        return by_genre(canvas)
    if colour == "decade":
        return _by_decade(canvas)
    if colour == "cluster":
        if clusters is None:
            raise ConfigError("There are no clusters to colour by. Say which movie is in which.")
        return _by_cluster(canvas, clusters)
    return _by_number(canvas, colour)


def by_genre(canvas: MovieCanvas) -> list[Any]:
    """One trace for each of the most frequent first genres, and "other" beneath them all."""
    first = canvas.movies["genres"].str.split("|").str[0].where(lambda g: ~g.str.startswith("("), "no genre listed")
    frequent = first.value_counts().index[:N_GENRES].tolist()
    named = first.where(first.isin(frequent), "other")
    traces = []
    for i, genre in enumerate(frequent):
        marker = {"color": CATEGORICAL[i], "symbol": _SYMBOLS[i % len(_SYMBOLS)]}
        traces.append(canvas.points(np.flatnonzero(named == genre), plain(genre), marker))
    other = np.flatnonzero(named == "other")
    if not len(other):
        return traces
    return [canvas.points(other, "other", {"color": GREY}).update(legendrank=1001), *traces]


def _by_decade(canvas: MovieCanvas) -> list[Any]:
    """One trace a decade, from blue to amber; the rare oldest are one, and movies without a year are grey."""
    decade = decades(canvas.movies).to_numpy(dtype=float, na_value=np.nan)
    known = decade[~np.isnan(decade)]
    traces = []
    unknown = np.flatnonzero(np.isnan(decade))
    if len(unknown):
        traces.append(canvas.points(unknown, "no year", {"color": GREY}))
    if not len(known):
        return traces
    oldest = float(np.quantile(known, 0.03, method="lower"))
    kept = sorted({max(value, oldest) for value in known.tolist()})
    for value, color in zip(kept, ramp(SEQUENTIAL, len(kept)), strict=True):
        is_end = value == oldest and known.min() < oldest
        rows = np.flatnonzero(decade <= value if is_end else decade == value)
        name = f"{value:.0f}s and before" if is_end else f"{value:.0f}s"
        traces.append(canvas.points(rows, name, {"color": color}))
    return traces


def _by_cluster(canvas: MovieCanvas, clusters: Clusters) -> list[Any]:
    """One trace a cluster."""
    traces = []
    for i, name in enumerate(clusters.names):
        marker = {"color": CATEGORICAL[i % len(CATEGORICAL)], "symbol": _SYMBOLS[i % len(_SYMBOLS)]}
        traces.append(canvas.points(np.flatnonzero(clusters.labels == i), plain(name), marker))
    return traces


def _by_number(canvas: MovieCanvas, colour: Colour) -> list[Any]:
    """One trace under a colour bar. The few strongest biases share the end colour, so that they do not take it from the
    rest."""
    values = canvas.movies["bias" if colour == "bias" else "n_ratings"].to_numpy(dtype=np.float64)
    marker: dict[str, Any] = {"color": values, "colorscale": colorscale(SEQUENTIAL)}
    bar: dict[str, Any] = {"title": {"text": "bias" if colour == "bias" else "ratings"}}
    if colour == "bias":
        far = float(np.quantile(np.abs(values), 0.97))
        marker |= {"colorscale": colorscale(DIVERGING), "cmin": -far, "cmax": far}
    else:
        marker["color"] = np.log10(np.maximum(values, 1))
        bar |= _ticks(marker["color"])
    marker["colorbar"] = {"thickness": 12, "outlinewidth": 0, **bar}
    return [canvas.points(np.arange(len(values)), "movies", marker).update(showlegend=False)]


def _ticks(logs: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Colour bar ticks at 1, 2, 5, 10, 20, … ratings for values that are decimal logarithms."""
    if not len(logs):
        return {}
    steps = [m * 10**e for e in range(8) for m in (1, 2, 5)]
    shown = [s for s in steps if logs.min() - 0.02 <= np.log10(s) <= logs.max() + 0.02]
    return {"tickvals": [float(np.log10(s)) for s in shown], "ticktext": [f"{s:,}" for s in shown]}
