"""One picture of the film of a training: the movies on two components after one epoch, on axes that all epochs share.

Whatever two pictures have in common is written identically in both, so that only what moves has to be sent.
"""

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.label_places import label_places
from cf_core.charts.map.point_groups import ColourScale, PointGroup, by_genre
from cf_core.charts.style import GREY, SEQUENTIAL, axis, escape_html, layout, short_title
from cf_core.insight.film import Film
from cf_core.words import MOVIES, Words

FilmColour = Literal["mean rating", "genre"]
FILM_COLOURS: tuple[FilmColour, ...] = get_args(FilmColour)
HEIGHTS: dict[FilmColour, int] = {"mean rating": 294, "genre": 380}
"""Pixels of a map beside the curves; genres need a legend."""

N_DRAWN = 1_000
"""Of the most rated movies, so many are drawn: more would be a cloud."""

N_NAMED = 12
"""The most rated movies, this many, have their name and a trail."""


def film_map(
    film: Film, number: int, movies: pd.DataFrame, colour: FilmColour = "genre", words: Words = MOVIES
) -> go.Figure:
    """The most rated movies after the epoch of snapshot `number`.

    Args:
        film: the axes reach as far as any of its epochs.
        number: of a snapshot, from 0.
        movies: one row per movie of `film.item_idx`, in its order: title, year (<NA> if unknown), genres ("A|B"),
            n_ratings, mean_rating.
        colour: the first genre listed (the ten most frequent, the rest is "other"), or the mean rating in stars, where
            the few lowest and highest share the end colours.
    """
    movies = movies.iloc[:N_DRAWN]
    groups = by_genre(movies) if colour == "genre" else [_by_mean(movies, words)]
    texts = np.array(_hover_texts(movies, words), dtype=object)
    points = [_points(film, number, group, texts, words) for group in groups]
    return go.Figure(
        [*points, _trails(film, number), _names(film, number, movies)],
        _layout(film, number, len(movies), colour, words),
    )


def _points(film: Film, number: int, group: PointGroup, texts: npt.NDArray[np.object_], words: Words) -> go.Scattergl:
    """The movies of a group. Their hover text is the same in all epochs but for the bias."""
    snapshot, rows = film.snapshots[number], group.rows
    hover = "%{hovertext}<br>"
    if snapshot.item_bias is not None:
        hover += f"bias %{{customdata:+.2f}} {words.told(snapshot.bias_unit)}<br>"
    return go.Scattergl(
        uid=group.name,
        name=group.name,
        mode="markers",
        x=film.positions[number, rows, 0],
        y=film.positions[number, rows, 1],
        marker={"size": 5, "opacity": 0.5, "line": {"width": 0}, **group.marker()},
        hovertext=texts[rows].tolist(),
        hovertemplate=f"{hover}component 1 %{{x:.3f}}<br>component 2 %{{y:.3f}}<extra></extra>",
        customdata=None if snapshot.item_bias is None else snapshot.item_bias[rows],
        showlegend=group.in_legend,
        legendrank=group.legend_rank,
    )


def _hover_texts(movies: pd.DataFrame, words: Words) -> list[str]:
    """What the hover text of each movie says in every epoch."""
    years = ["" if pd.isna(year) else str(year) for year in movies["year"]]
    genres = ["" if genre.startswith("(") else genre.replace("|", ", ") for genre in movies["genres"]]
    known = ["".join(f"<br>{escape_html(one)}" for one in [" · ".join(filter(None, pair))] if one)
             for pair in zip(years, genres, strict=True)]  # fmt: skip
    columns = movies["title"], known, movies["n_ratings"], movies["mean_rating"]
    return [
        f"<b>{escape_html(title)}</b>{about}<br>{n:,} ratings, mean {mean:.2f} {words.unit}"
        for title, about, n, mean in zip(*columns, strict=True)
    ]


def _by_mean(movies: pd.DataFrame, words: Words) -> PointGroup:
    """All movies under one colour bar."""
    mean = movies["mean_rating"].to_numpy(dtype=np.float32)
    low, high = np.quantile(mean, [0.03, 0.97])
    scale = ColourScale(mean, SEQUENTIAL, float(low), float(high), {"title": {"text": words.unit}, "thickness": 10})
    return PointGroup(escape_html(words.items), np.arange(len(mean)), scale)


def _trails(film: Film, number: int) -> Any:
    """The path of each named movie from the first snapshot to this one."""
    ways = film.positions[: number + 1, :N_NAMED].transpose(1, 0, 2)
    gaps = np.full((len(ways), 1, 2), np.nan, dtype=np.float32)
    x, y = np.concatenate([ways, gaps], axis=1).reshape(-1, 2).T
    line = {"color": GREY, "width": 1}
    return go.Scatter(uid="trails", name="path so far", mode="lines", x=x, y=y, line=line, hoverinfo="skip")


def _names(film: Film, number: int, movies: pd.DataFrame) -> Any:
    """Short titles, each on the side of its point that is best in the last picture."""
    text = [short_title(title, 22) for title in movies["title"].iloc[:N_NAMED]]
    places = label_places(film.positions[-1], range(len(text)), text)
    x, y = film.positions[number, :N_NAMED].T
    font = {"size": 12, "shadow": "auto"}
    style = {"textposition": places, "textfont": font, "hoverinfo": "skip", "showlegend": False}
    return go.Scatter(uid="titles", name="titles", mode="text", text=text, x=x, y=y, **style)


def _layout(film: Film, number: int, n_items: int, colour: FilmColour, words: Words) -> go.Layout:
    snapshot = film.snapshots[number]
    share = float(snapshot.explained_variance_ratio.sum())
    across, up = (nice_range(film.positions[:, :n_items, side]) for side in (0, 1))
    return layout(
        f"{escape_html(words.count(n_items))} {epoch_name(snapshot.epoch)}",
        uirevision="film",
        height=HEIGHTS[colour],
        showlegend=colour == "genre",
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        xaxis=axis(f"component 1 (with 2: {share:.0%} of the variance)", range=across),
        yaxis=axis("component 2", range=up),
    )


def epoch_name(epoch: int) -> str:
    """The epoch in words."""
    return f"after epoch {epoch}" if epoch else "at the random start"


def nice_range(values: npt.NDArray[np.floating[Any]]) -> list[float]:
    """A range a little larger than that of `values`, its ends multiples of a round number, so that the axis of a run in
    training changes rarely."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return [low - 1, high + 1]
    step = 10.0 ** np.floor(np.log10(high - low)) / 5
    return [float(step * np.floor(low / step - 0.05)), float(step * np.ceil(high / step + 0.05))]
