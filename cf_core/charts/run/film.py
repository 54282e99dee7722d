"""One picture of the film of a training: the movies on two components after one epoch, on axes that all epochs share.

Nothing in here computes positions. What stays the same from one picture to the next is written the same, so that only
what moves has to be sent.
"""

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.label_places import label_places
from cf_core.charts.map.movie_canvas import MovieCanvas
from cf_core.charts.map.movie_map import by_genre
from cf_core.charts.style import GREY, SEQUENTIAL, axis, colorscale, layout, plain, short_title
from cf_core.insight.film import Film

FilmColour = Literal["genre", "mean rating"]
FILM_COLOURS: tuple[FilmColour, ...] = get_args(FilmColour)
N_NAMED = 12
"""So many of the most rated movies have their name and a trail behind them."""


def film_map(film: Film, number: int, movies: pd.DataFrame, colour: FilmColour = "genre") -> go.Figure:
    """The movies after the epoch of snapshot `number`.

    Args:
        film: the axes reach as far as any of its epochs.
        number: of a snapshot, from 0.
        movies: one row for each of `film.item_idx`, in its order: title, year (<NA> if unknown), genres ("A|B"),
            n_ratings, mean_rating.
        colour: the first genre listed (the ten most frequent, the rest is "other"), or the mean rating in stars, where
            the few lowest and highest share the end colours.
    """
    canvas = _Canvas(film, number, movies)
    points = by_genre(canvas) if colour == "genre" else [_by_mean(canvas)]
    return go.Figure([*points, _trails(film, number), _names(film, number, movies)], _layout(film, number))


class _Canvas(MovieCanvas):
    """The points of one snapshot. All of their hover but the bias stays from one epoch to the next."""

    def __init__(self, film: Film, number: int, movies: pd.DataFrame) -> None:
        super().__init__(movies, film.positions[number], ("component 1", "component 2"), 0.5)
        self.snapshot = film.snapshots[number]
        self.known = np.array(_known(movies), dtype=object)

    def points(self, rows: npt.NDArray[np.int64], name: str, marker: dict[str, Any]) -> Any:
        """Markers with the full hover."""
        bias, hover = self.snapshot.item_bias, "%{hovertext}<br>"
        extra: dict[str, Any] = {}
        if bias is not None:
            extra = {"customdata": bias[rows]}
            hover += f"bias %{{customdata:+.2f}} {self.snapshot.bias_unit}<br>"
        return go.Scattergl(
            uid=name,
            name=name,
            mode="markers",
            marker={"size": 5, "opacity": self.opacity, "line": {"width": 0}, **marker},
            hovertext=self.known[rows].tolist(),
            hovertemplate=f"{hover}component 1 %{{x:.3f}}<br>component 2 %{{y:.3f}}<extra></extra>",
            **extra,
            **self._at(rows),
        )


def _known(movies: pd.DataFrame) -> list[str]:
    """What the hover says of each movie whatever the epoch."""
    years = ["no year" if pd.isna(year) else str(year) for year in movies["year"]]
    genres = movies["genres"].str.replace("|", ", ")
    columns = movies["title"], years, genres, movies["n_ratings"], movies["mean_rating"]
    return [
        f"<b>{plain(title)}</b><br>{year} · {plain(genre)}<br>{n:,} ratings, mean {mean:.2f} stars"
        for title, year, genre, n, mean in zip(*columns, strict=True)
    ]


def _by_mean(canvas: _Canvas) -> Any:
    """All movies under one colour bar."""
    mean = canvas.movies["mean_rating"].to_numpy(dtype=np.float32)
    low, high = np.quantile(mean, [0.03, 0.97])
    marker = {
        "color": mean,
        "cmin": float(low),
        "cmax": float(high),
        "colorscale": colorscale(SEQUENTIAL),
        "colorbar": {"thickness": 12, "outlinewidth": 0, "title": {"text": "stars"}},
    }
    return canvas.points(np.arange(len(mean)), "movies", marker).update(showlegend=False)


def _trails(film: Film, number: int) -> Any:
    """The way of each named movie, from the first snapshot to this one."""
    ways = film.positions[: number + 1, :N_NAMED].transpose(1, 0, 2)
    gaps = np.full((len(ways), 1, 2), np.nan, dtype=np.float32)
    x, y = np.concatenate([ways, gaps], axis=1).reshape(-1, 2).T
    line = {"color": GREY, "width": 1}
    return go.Scatter(uid="trails", name="the way here", mode="lines", x=x, y=y, line=line, hoverinfo="skip")


def _names(film: Film, number: int, movies: pd.DataFrame) -> Any:
    """Short titles, each on the side of its point that is best in the last picture."""
    text = [short_title(title, 22) for title in movies["title"].iloc[:N_NAMED]]
    places = label_places(film.positions[-1], range(len(text)), text)
    x, y = film.positions[number, :N_NAMED].T
    font = {"size": 12, "shadow": "auto"}
    style = {"textposition": places, "textfont": font, "hoverinfo": "skip", "showlegend": False}
    return go.Scatter(uid="titles", name="titles", mode="text", text=text, x=x, y=y, **style)


def _layout(film: Film, number: int) -> go.Layout:
    snapshot = film.snapshots[number]
    share = float(snapshot.explained_variance_ratio.sum())
    across, up = (nice_range(film.positions[:, :, side]) for side in (0, 1))
    return layout(
        f"{len(film.item_idx):,} movies {epoch_name(snapshot.epoch)}",
        subtitle=f"on these axes: {share:.0%} of the factors' variance · spread {film.spread(number):.2g}",
        uirevision="film",
        height=560,
        showlegend=True,
        xaxis=axis("component 1, in units of the factors", range=across),
        yaxis=axis("component 2", range=up),
    )


def epoch_name(epoch: int) -> str:
    """When in the training that is."""
    return f"after epoch {epoch}" if epoch else "at the random start"


def nice_range(values: npt.NDArray[np.floating[Any]]) -> list[float]:
    """The ends of `values` and a little more, at multiples of a round number, so that the axis of a run in training
    stays as it is for some epochs."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return [low - 1, high + 1]
    step = 10.0 ** np.floor(np.log10(high - low)) / 5
    return [float(step * np.floor(low / step - 0.05)), float(step * np.ceil(high / step + 0.05))]
