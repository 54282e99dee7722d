"""Movies as points on two or three axes, with what is known of them as colour and hover.

Nothing in here computes coordinates.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.movie_canvas import MovieCanvas
from cf_core.charts.style import CATEGORICAL, DIVERGING, GREY, SEQUENTIAL, colorscale, plain
from cf_core.errors import MissingPartError

Colour = Literal["genre", "year", "bias", "popularity"]
_COLOURED_BY = {"genre": "first genre", "year": "year", "bias": "movie bias", "popularity": "number of ratings"}
N_GENRES = len(CATEGORICAL)
_SYMBOLS = ("circle", "square", "diamond")  # those that the 3-D plot draws solid


def movie_map(
    movies: pd.DataFrame,
    coordinates: npt.NDArray[np.floating[Any]],
    axis_names: Sequence[str],
    colour: Colour = "genre",
    labelled: Sequence[int] = (),
    found: Sequence[int] = (),
) -> go.Figure:
    """A scatter plot of movies, flat for two coordinates a movie and a space to turn for three.

    Args:
        movies: one row a movie: item_id, title, year (<NA> if unknown), genres ("A|B"), n_ratings, mean_rating and,
            for models that have one, bias.
        coordinates: shape (n_movies, 2) or (n_movies, 3), rows as in `movies`.
        axis_names: one a coordinate.
        colour: the first genre listed (the ten most frequent, the rest is "other"), year, bias, or the number of
            ratings on a log scale.
        labelled: rows whose titles are written beside their points.
        found: rows to ring and label.

    Raises:
        MissingPartError: colour by bias, of a model that has none.
    """
    if colour == "bias" and "bias" not in movies:
        raise MissingPartError("This model has no movie biases. Choose another colour, or train a model with biases.")
    faded = len(labelled) + len(found) > 0
    canvas = MovieCanvas(movies, np.asarray(coordinates, dtype=np.float32), tuple(axis_names), 0.55 if faded else 0.75)
    traces = _by_genre(canvas) if colour == "genre" else _by_number(canvas, colour)
    extra = [t for t in (canvas.labels(list(labelled), list(found)), canvas.rings(list(found))) if t is not None]
    return go.Figure([*traces, *extra], canvas.layout(_COLOURED_BY[colour]))


def _by_genre(canvas: MovieCanvas) -> list[Any]:
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


def _by_number(canvas: MovieCanvas, colour: Colour) -> list[Any]:
    """One trace under a colour bar, and a grey one for movies that lack the number.

    The few oldest years and strongest biases share the end colour, so that they do not take it from the rest.
    """
    column = {"year": "year", "bias": "bias", "popularity": "n_ratings"}[colour]
    values = canvas.movies[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    known, unknown = np.flatnonzero(~np.isnan(values)), np.flatnonzero(np.isnan(values))
    marker: dict[str, Any] = {"color": values[known], "colorscale": colorscale(SEQUENTIAL)}
    bar: dict[str, Any] = {"title": {"text": {"popularity": "ratings"}.get(colour, colour)}}
    if colour == "year" and len(known):
        marker |= {"cmin": float(np.quantile(values[known], 0.03)), "cmax": float(values[known].max())}
    if colour == "bias" and len(known):
        far = float(np.quantile(np.abs(values[known]), 0.97))
        marker |= {"colorscale": colorscale(DIVERGING), "cmin": -far, "cmax": far}
    if colour == "popularity":
        marker["color"] = np.log10(np.maximum(values[known], 1))
        bar |= _decades(marker["color"])
    marker["colorbar"] = {"thickness": 12, "outlinewidth": 0, **bar}
    coloured = canvas.points(known, "movies", marker).update(showlegend=False)
    if not len(unknown):
        return [coloured]
    return [canvas.points(unknown, f"no {colour}", {"color": GREY}), coloured]


def _decades(logs: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Colour bar ticks at 1, 2, 5, 10, 20, … ratings for values that are decimal logarithms."""
    if not len(logs):
        return {}
    steps = [m * 10**e for e in range(8) for m in (1, 2, 5)]
    shown = [s for s in steps if logs.min() - 0.02 <= np.log10(s) <= logs.max() + 0.02]
    return {"tickvals": [float(np.log10(s)) for s in shown], "ticktext": [f"{s:,}" for s in shown]}
