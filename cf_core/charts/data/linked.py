"""Charts that filter one another: genres, years of release, activity over time, users, and how uneven activity is.

A value that is selected in a chart stands out in it.
"""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import (
    BLUE,
    CLOUD_POINTS,
    GREY,
    ORANGE,
    PINK,
    axis,
    escape_html,
    highlighted,
    layout,
    of_all,
    thin,
)
from cf_core.words import MOVIES, Words

CURVE_POINTS = 200
"""Enough for a curve without corners."""


def genre_bars(frame: pd.DataFrame, selected: str | None = None, words: Words = MOVIES) -> go.Figure:
    """Ratings of movies of each genre, the most rated on top.

    Args:
        frame: columns genre, n_ratings, mean_rating (stars), n_items; in the order shown.
        selected: the genre that stands out.
    """
    across = words.told("ratings (a movie counts in each of its genres)")
    bars = go.Bar(
        name="ratings",
        orientation="h",
        y=[escape_html(genre) for genre in frame["genre"]],
        x=frame["n_ratings"].tolist(),
        customdata=list(zip(frame["genre"], frame["n_items"], frame["mean_rating"].round(3), strict=True)),
        hovertemplate=f"%{{x:,}} ratings of %{{customdata[1]:,}} {_items(words)}<br>"
        f"mean %{{customdata[2]:.2f}} {words.unit}<extra></extra>",
        marker=highlighted((frame["genre"] == selected).tolist(), BLUE),
    )
    return go.Figure(
        bars,
        layout(
            "Ratings by genre",
            height=440,
            bargap=0.2,
            hovermode="y",
            dragmode=False,
            showlegend=False,
            xaxis=axis(escape_html(across), rangemode="tozero", tickformat=",~s"),
            yaxis=axis("", autorange="reversed", showgrid=False, type="category", dtick=1),
        ),
    )


def year_bars(frame: pd.DataFrame, selected: tuple[int, int] | None = None, words: Words = MOVIES) -> go.Figure:
    """Ratings of movies of each year of release.

    Args:
        frame: columns year, n_ratings, mean_rating (stars), n_items; ascending.
        selected: first and last of the years that stand out.
    """
    is_selected = [False] * len(frame) if selected is None else frame["year"].between(*selected).tolist()
    bars = go.Bar(
        name="ratings",
        x=frame["year"].tolist(),
        y=frame["n_ratings"].tolist(),
        customdata=frame[["n_items", "mean_rating"]].to_numpy(dtype=object),
        hovertemplate=f"%{{y:,}} ratings of %{{customdata[0]:,}} {_items(words)}<br>"
        f"mean %{{customdata[1]:.2f}} {words.unit}<extra></extra>",
        marker=highlighted(is_selected, BLUE),
    )
    return go.Figure(
        bars,
        layout(
            f"Ratings by the {escape_html(words.item)}'s year",
            height=340,
            bargap=0.1,
            hovermode="x",
            dragmode=False,
            showlegend=False,
            xaxis=axis("year of release", showgrid=False, tickformat="d"),
            yaxis=axis("number of ratings", rangemode="tozero", tickformat=",~s"),
        ),
    )


def activity_bars(frame: pd.DataFrame) -> go.Figure:
    """Ratings given in each month.

    Args:
        frame: columns month, n_ratings; ascending, without gaps.
    """
    bars = go.Bar(
        name="ratings",
        x=frame["month"].dt.strftime("%Y-%m-%d").tolist(),
        y=frame["n_ratings"].tolist(),
        hovertemplate="%{y:,} ratings<extra></extra>",
        marker_color=BLUE,
    )
    return go.Figure(
        bars,
        layout(
            "Activity over time",
            height=340,
            bargap=0,
            hovermode="x",
            dragmode=False,
            showlegend=False,
            xaxis=axis("month in which the rating was given (UTC)", type="date", hoverformat="%B %Y", showgrid=False),
            yaxis=axis("ratings per month", rangemode="tozero", tickformat=",~s"),
        ),
    )


def user_cloud(frame: pd.DataFrame, selected: Any = None, words: Words = MOVIES) -> go.Figure:
    """Each user as a point: the mean of their ratings across, the spread up, the number as size. Of more than
    `CLOUD_POINTS` so many are drawn, evenly spaced in `frame`, and the one that stands out.

    Args:
        frame: columns user_id, n_ratings, mean_rating and std_rating (stars).
        selected: raw id of the user that stands out.
    """
    is_selected = np.zeros(len(frame), dtype=bool) if selected is None else (frame["user_id"] == selected).to_numpy()
    shown = np.union1d(thin(len(frame), CLOUD_POINTS), np.flatnonzero(is_selected))
    shown = shown[np.argsort(is_selected[shown], kind="stable")]  # the selected one on top
    drawn = frame.iloc[shown]
    points = go.Scatter(
        name="users",
        mode="markers",
        cliponaxis=False,
        x=drawn["mean_rating"].round(3).tolist(),
        y=drawn["std_rating"].round(3).tolist(),
        customdata=list(
            zip(drawn["user_id"], drawn["n_ratings"], map(escape_html, map(str, drawn["user_id"])), strict=True)
        ),
        hovertemplate=f"<b>user %{{customdata[2]}}</b><br>%{{customdata[1]:,}} ratings<br>"
        f"mean %{{x:.2f}} {words.unit}<br>spread %{{y:.2f}} {words.unit}<extra></extra>",
        marker={
            **highlighted(is_selected[shown].tolist(), BLUE),
            "size": (4 + 14 * np.sqrt(drawn["n_ratings"] / max(frame["n_ratings"].max(), 1))).round(1).tolist(),
            "line": {"width": 0},
        },
    )
    if not is_selected.any():
        points.marker.opacity = 0.6
    return go.Figure(
        points,
        layout(
            "Every user has a scale of their own",
            subtitle="kind raters right, harsh ones left" + of_all(len(drawn), len(frame), "users"),
            height=440,
            dragmode=False,
            showlegend=False,
            xaxis=axis(f"mean of the user's ratings ({words.unit})"),
            yaxis=axis(f"spread: standard deviation ({words.unit})", rangemode="tozero"),
        ),
    )


def share_curve(
    movies: pd.DataFrame, users: pd.DataFrame, percent: float, share: float, words: Words = MOVIES
) -> go.Figure:
    """The share of all ratings that the top x% of movies, and of users, hold.

    Args:
        movies, users: long tails: columns rank (from 1) and share_cumulative (0 to 1), in rank order.
        percent, share: the point that is marked on the curve of the movies; the share from 0 to 1.
    """
    even = go.Scatter(
        name=f"if every {escape_html(words.item)} had equally many",
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        hoverinfo="skip",
        line={"color": GREY, "width": 1, "dash": "dot"},
    )
    mark = go.Scatter(
        name=f"top {percent:g}% of {_items(words)}",
        x=[percent],
        y=[round(100 * share, 2)],
        mode="markers",
        hovertemplate=f"the top %{{x:g}}% of {_items(words)} hold %{{y:.1f}}% of the ratings<extra></extra>",
        marker={"size": 11, "color": ORANGE},
    )
    return go.Figure(
        [even, _shares(users, "users", PINK), _shares(movies, _items(words), BLUE), mark],
        layout(
            "A few hold most of the ratings",
            subtitle=f"the top {percent:g}% of {_items(words)} hold {share:.1%}",
            height=440,
            dragmode=False,
            xaxis=axis(f"top share of {_items(words)}, or users (%)", range=[0, 101]),
            yaxis=axis("share of all ratings (%)", range=[0, 102]),
        ),
    )


def _items(words: Words) -> str:
    """The noun for many, as text of a chart."""
    return escape_html(words.items)


def _shares(tail: pd.DataFrame, noun: str, color: str) -> go.Scatter:
    drawn = tail.iloc[thin(len(tail), CURVE_POINTS)]
    return go.Scatter(
        name=noun,
        x=(100 * drawn["rank"] / max(len(tail), 1)).round(3).tolist(),
        y=(100 * drawn["share_cumulative"]).round(2).tolist(),
        customdata=drawn["rank"].tolist(),
        hovertemplate=f"the top %{{x:.1f}}% (%{{customdata:,}} {noun})<br>hold %{{y:.1f}}% of the ratings"
        "<extra></extra>",
        mode="lines",
        line={"color": color, "width": 2},
    )
