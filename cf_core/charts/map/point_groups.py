"""Groups of movies that are drawn alike: by genre, decade or cluster, or along a scale of colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.charts.map.points import Shape
from cf_core.charts.style import CATEGORICAL, DIVERGING, GREY, SEQUENTIAL, colorscale, escape_html, ramp
from cf_core.errors import ConfigError, MissingPartError
from cf_core.insight.movie_choice import decades

Colour = Literal["genre", "decade", "bias", "popularity", "cluster"]
COLOURED_BY: dict[Colour, str] = {
    "genre": "first genre",
    "decade": "decade",
    "bias": "bias",
    "popularity": "number of ratings",
    "cluster": "cluster of their factors",
}
"""What the colours stand for, in words."""

N_GENRES = len(CATEGORICAL)
_SHAPES: tuple[Shape, ...] = ("circle", "square", "diamond")  # those that the 3-D plot draws solid


@dataclass(frozen=True)
class Clusters:
    """The cluster of each movie, from 0, and a name for each cluster."""

    labels: NDArray[np.int64]
    names: Sequence[str]


@dataclass(frozen=True)
class ColourScale:
    """Numbers as colours, from the first of `stops` (#rrggbb) at `low` to the last at `high`.

    Attributes:
        values: shape (n,), one for each movie of the group; those beyond the ends have the end colours.
        bar: title and ticks of the colour bar, as Plotly takes them.
    """

    values: NDArray[np.floating[Any]]
    stops: tuple[str, ...]
    low: float
    high: float
    bar: dict[str, Any]


@dataclass(frozen=True)
class PointGroup:
    """Movies that share an entry of the legend, or a colour bar.

    Attributes:
        name: as the legend shows it, with HTML escaped.
        rows: shape (n,), the movies.
        color: #rrggbb, or a scale.
        legend_rank: the greater, the later in the legend.
    """

    name: str
    rows: NDArray[np.int64]
    color: str | ColourScale
    shape: Shape = "circle"
    legend_rank: int = 1000

    @property
    def in_legend(self) -> bool:
        """Whether the legend has an entry for it; a scale has its colour bar."""
        return isinstance(self.color, str)

    def marker(self) -> dict[str, Any]:
        """Colour and symbol as Plotly takes them, with the colour bar of a scale."""
        if isinstance(self.color, str):
            return {"color": self.color, "symbol": self.shape}
        scale = self.color
        return {
            "color": scale.values,
            "cmin": scale.low,
            "cmax": scale.high,
            "colorscale": colorscale(scale.stops),
            "colorbar": {"thickness": 12, "outlinewidth": 0, **scale.bar},
        }


def point_groups(movies: pd.DataFrame, colour: Colour, clusters: Clusters | None = None) -> list[PointGroup]:
    """All movies in groups, each movie in one.

    Args:
        movies: rows as the map has them; see `movie_map`.
        colour: what the groups are made by.
        clusters: for the colour "cluster".

    Raises:
        MissingPartError: colour by bias, of a model that has none.
        ConfigError: colour by cluster without clusters.
    """
    if colour == "genre":
        return by_genre(movies)
    if colour == "decade":
        return _by_decade(movies)
    if colour == "cluster":
        if clusters is None:
            raise ConfigError("There are no clusters to colour by. Say which point is in which.")
        return _by_cluster(clusters)
    return [_by_bias(movies) if colour == "bias" else _by_popularity(movies)]


def by_genre(movies: pd.DataFrame) -> list[PointGroup]:
    """A group for each of the most frequent first genres, and "other" beneath them all."""
    first = movies["genres"].str.split("|").str[0].where(lambda g: ~g.str.startswith("("), "no genre listed")
    frequent = first.value_counts().index[:N_GENRES].tolist()
    groups = [
        PointGroup(escape_html(genre), np.flatnonzero(first == genre), CATEGORICAL[i], _SHAPES[i % len(_SHAPES)])
        for i, genre in enumerate(frequent)
    ]
    other = np.flatnonzero(~first.isin(frequent))
    return [PointGroup("other", other, GREY, legend_rank=1001), *groups] if len(other) else groups


def _by_decade(movies: pd.DataFrame) -> list[PointGroup]:
    """A group per decade, from blue to amber; the rare oldest decades are one, and movies without a year are grey."""
    decade = decades(movies).to_numpy(dtype=float, na_value=np.nan)
    known = decade[~np.isnan(decade)]
    unknown = np.flatnonzero(np.isnan(decade))
    groups = [PointGroup("no year", unknown, GREY)] if len(unknown) else []
    if not len(known):
        return groups
    oldest = float(np.quantile(known, 0.03, method="lower"))
    shown = sorted({max(value, oldest) for value in known.tolist()})
    for value, color in zip(shown, ramp(SEQUENTIAL, len(shown)), strict=True):
        is_end = value == oldest and known.min() < oldest
        rows = np.flatnonzero(decade <= value if is_end else decade == value)
        groups.append(PointGroup(f"{value:.0f}s and before" if is_end else f"{value:.0f}s", rows, color))
    return groups


def _by_cluster(clusters: Clusters) -> list[PointGroup]:
    return [
        PointGroup(
            escape_html(name),
            np.flatnonzero(clusters.labels == i),
            CATEGORICAL[i % len(CATEGORICAL)],
            _SHAPES[i % len(_SHAPES)],
        )
        for i, name in enumerate(clusters.names)
    ]


def _by_bias(movies: pd.DataFrame) -> PointGroup:
    """Centred on 0. The few strongest biases share the end colours, which would otherwise be theirs alone."""
    if "bias" not in movies:
        raise MissingPartError("This model has no biases. Choose another colour, or train a model with biases.")
    bias = movies["bias"].to_numpy(dtype=np.float64)
    end = float(np.quantile(np.abs(bias), 0.97))
    return _all_movies(ColourScale(bias, DIVERGING, -end, end, {"title": {"text": "bias"}}))


def _by_popularity(movies: pd.DataFrame) -> PointGroup:
    """The number of ratings on a log scale."""
    logs = np.log10(np.maximum(movies["n_ratings"].to_numpy(dtype=np.float64), 1))
    low, high = float(logs.min()), float(logs.max())
    return _all_movies(
        ColourScale(logs, SEQUENTIAL, low, high, {"title": {"text": "ratings"}, **_log_ticks(low, high)})
    )


def _all_movies(scale: ColourScale) -> PointGroup:
    return PointGroup("all", np.arange(len(scale.values)), scale)


def _log_ticks(low: float, high: float) -> dict[str, Any]:
    """Ticks at 1, 2, 5, 10, 20, … ratings on a colour bar of their decimal logarithms."""
    steps = [m * 10**e for e in range(8) for m in (1, 2, 5)]
    shown = [step for step in steps if low - 0.02 <= np.log10(step) <= high + 0.02]
    return {"tickvals": [float(np.log10(step)) for step in shown], "ticktext": [f"{step:,}" for step in shown]}
