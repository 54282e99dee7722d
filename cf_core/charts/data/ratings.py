"""Charts of the ratings before any training: how often each was given, ratings per user and movie, who rated what."""

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import (
    BLUE,
    MAX_POINTS,
    axis,
    colorscale,
    escape_html,
    highlighted,
    layout,
    short_title,
)
from cf_core.words import MOVIES, Words

NUMBERS_UP_TO = 20
MOST_TICKS = 21
DIGITS = "#14181f"
STARS = ("#a9b4f3", "#cdb2ec", "#efb4d0", "#f8baa0", "#f6d07e")
"""The colours of the crosstab's cells from the lowest to the highest rating: light, so that dark digits can be read on
all of them, in the light and in the dark theme."""


def rating_histogram(frame: pd.DataFrame, selected: float | None = None, words: Words = MOVIES) -> go.Figure:
    """Bars of how often each rating was given.

    Args:
        frame: columns rating (stars) and n_ratings.
        selected: the rating whose bar stands out.
    """
    share = frame["n_ratings"] / max(int(frame["n_ratings"].sum()), 1)
    bars = go.Bar(
        name="ratings",
        x=frame["rating"].tolist(),
        y=frame["n_ratings"].tolist(),
        text=[_share(part) for part in share] if len(share) <= MOST_TICKS else None,
        textposition="outside",
        cliponaxis=False,
        customdata=share.round(4).tolist(),
        hovertemplate="%{y:,} ratings, %{customdata:.1%} of all<extra></extra>",
        marker=highlighted((frame["rating"] == selected).tolist(), BLUE),
    )
    return go.Figure(
        bars,
        layout(
            "How often each rating was given",
            height=340,
            bargap=0.2,
            hovermode="x",
            dragmode=False,
            showlegend=False,
            xaxis=axis(f"rating ({words.unit})", **_rating_ticks(frame["rating"].tolist()), showgrid=False),
            yaxis=axis("", rangemode="tozero", tickformat=",~s"),
        ),
    )


def _share(part: float) -> str:
    return f"{part:.0%}" if part >= 0.005 or not part else "<1%"


def _rating_ticks(ratings: list[float]) -> dict[str, Any]:
    """A tick at each rating, as long as there is room for all; at round numbers where there are more."""
    return {"tickvals": ratings} if len(ratings) <= MOST_TICKS else {}


def long_tail(
    frame: pd.DataFrame,
    what: Literal["user", "item"],
    axes: Literal["log", "linear"] = "log",
    selected: Any = None,
    words: Words = MOVIES,
) -> go.Figure:
    """Number of ratings by rank, the busiest user or most rated movie first.

    At most `MAX_POINTS` ranks are drawn, the first and the last among them: evenly spaced on the axis that is shown.

    Args:
        frame: columns rank (from 1), id, n_ratings, share_cumulative (0 to 1) and, for movies, title; in rank order.
        what: "user" or "item", for the wording.
        axes: both axes logarithmic or both linear.
        selected: raw id of the user or movie that stands out; it is drawn whatever its rank.
    """
    noun, nouns = ("user", "users") if what == "user" else (escape_html(words.item), escape_html(words.items))
    is_selected = (frame["id"] == selected).to_numpy() if selected is not None else np.zeros(len(frame), dtype=np.bool_)
    positions = sorted({*_spaced_ranks(len(frame), axes), *np.flatnonzero(is_selected).tolist()})
    drawn = frame.iloc[positions]
    names = (drawn["title"] if "title" in drawn else f"{noun} " + drawn["id"].astype(str)).map(escape_html)
    line = go.Scatter(
        name=nouns,
        x=drawn["rank"].tolist(),
        y=drawn["n_ratings"].tolist(),
        customdata=list(zip(names, drawn["id"], drawn["share_cumulative"].round(4), strict=True)),
        hovertemplate="<b>%{customdata[0]}</b><br>rank %{x:,}: %{y:,} ratings<br>"
        f"{nouns} up to here hold %{{customdata[2]:.1%}} of all ratings<extra></extra>",
        mode="lines+markers",
        marker={"size": [12 if one else 7 for one in is_selected[positions]], "line": {"width": 0}}
        | highlighted(is_selected[positions].tolist(), BLUE),
        line={"color": BLUE, "width": 1.5},
    )
    return go.Figure(
        line,
        layout(
            f"Ratings per {noun}",
            subtitle=_top_tenth(frame, "busiest" if what == "user" else "most rated", nouns),
            uirevision=f"{what} {axes}",
            dragmode=False,
            showlegend=False,
            xaxis=axis(f"rank of the {noun}, most ratings first", **_number_axis(axes)),
            yaxis=axis("number of ratings", **_number_axis(axes)),
        ),
    )


def _number_axis(axes: Literal["log", "linear"]) -> dict[str, Any]:
    return (
        {"type": "log", "dtick": 1, "tickformat": ","}
        if axes == "log"
        else {"type": "linear", "rangemode": "tozero", "tickformat": ","}
    )


def _spaced_ranks(n: int, axes: Literal["log", "linear"]) -> list[int]:
    if n <= MAX_POINTS:
        return list(range(n))
    spaced = np.geomspace(1, n, MAX_POINTS) if axes == "log" else np.linspace(1, n, MAX_POINTS)
    return [int(rank) - 1 for rank in np.unique(spaced.round())]


def _top_tenth(frame: pd.DataFrame, most: str, nouns: str) -> str:
    if frame.empty:
        return ""
    n = math.ceil(len(frame) / 10)
    share = float(frame["share_cumulative"].iloc[n - 1])
    return f"the {most} tenth of {nouns} holds {share:.0%} of the ratings" if n > 1 else ""


def crosstab_heatmap(
    table: pd.DataFrame,
    titles: Mapping[Any, str],
    rating_range: tuple[float, float] | None = None,
    when: pd.DataFrame | None = None,
    words: Words = MOVIES,
) -> go.Figure:
    """Who rated what as a heat map. A blank cell is a movie that the user has not rated, and stays empty.

    Both axes are categories, so that raw ids stand side by side however far apart they are as numbers. Up to
    `NUMBERS_UP_TO` rows and columns, every cell shows its rating.

    Args:
        table: raw user ids down, raw movie ids across, ratings (stars) in the cells, NaN where there is none.
        titles: movie title by raw id; a movie that is not in it shows its id.
        rating_range: lowest and highest rating (stars) of the colours, so that they mean the same in every crosstab;
            those of the table where not given.
        when: the time of each rating, NaT where there is none, in the shape of the table.
    """
    low, high = rating_range or (None, None)
    small = max(table.shape) <= NUMBERS_UP_TO
    full = [escape_html(titles.get(item, f"{words.item} {item}")) for item in table.columns]
    ratings = [[None if pd.isna(value) else float(value) for value in row] for row in table.to_numpy()]
    cells = go.Heatmap(
        name="ratings",
        x=distinct(table.columns.tolist(), titles, words),
        y=[str(user) for user in table.index],
        z=ratings,
        text=[["" if value is None else f"{value:g}" for value in row] for row in ratings],
        texttemplate="%{text}" if small else None,
        textfont={"color": DIGITS, "size": 13},
        hovertext=[["" if value is None else words.value(value) for value in row] for row in ratings],
        customdata=_cell_data(table, full, when),
        hovertemplate="<b>%{customdata[0]}</b> (id %{customdata[1]})<br>user %{y}: %{hovertext}"
        + ("<br>on %{customdata[2]}" if when is not None else "")
        + "<extra></extra>",
        hoverongaps=False,
        zmin=low,
        zmax=high,
        xgap=1,
        ygap=1,
        colorscale=colorscale(STARS),
        colorbar={"title": {"text": words.unit}, "thickness": 12, "outlinewidth": 0},
    )
    every = {"tickmode": "linear", "dtick": 1} if small else {}
    categories = {"type": "category", "showgrid": False}
    return go.Figure(
        cells,
        layout(
            f"Who rated what, in {words.unit}",
            height=min(240 + 22 * len(table), 900),
            dragmode=False,
            uirevision=f"{table.index.tolist()} {table.columns.tolist()}",
            xaxis=axis("", tickangle=-50, tickfont={"size": 11}, **categories, **every),
            yaxis=axis("user id", autorange="reversed", **categories, **every),
        ),
    )


def _cell_data(table: pd.DataFrame, titles: list[str], when: pd.DataFrame | None) -> list[list[list[str]]]:
    """For each cell the full title, the movie's id and, where known, the day of the rating."""
    movies = [[title, str(item)] for title, item in zip(titles, table.columns, strict=True)]
    if when is None:
        return [movies] * len(table)
    days = [["" if pd.isna(time) else f"{time:%-d %B %Y}" for time in row] for row in when.to_numpy().astype(object)]
    return [[[*movie, day] for movie, day in zip(movies, row, strict=True)] for row in days]


def distinct(items: list[Any], titles: Mapping[Any, str], words: Words = MOVIES) -> list[str]:
    """Short titles, followed by the id where two movies have the same."""
    short = [short_title(titles.get(item, f"{words.item} {item}"), 20) for item in items]
    return [f"{name} {item}" if short.count(name) > 1 else name for name, item in zip(short, items, strict=True)]
