"""Two rankings of the same movies as a slope chart: a line per movie, from its rank by mean to its rank by bias."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.label_places import spread_out
from cf_core.charts.style import BLUE, GREY, ORANGE, axis, escape_html, layout, short_title
from cf_core.words import MOVIES, Words

MOST = 30
"""With more lines than this, single ones cannot be distinguished."""

_ROW = 19  # pixels per label
_KINDS = {"rises": (ORANGE, "solid"), "falls": (BLUE, "solid"), "keeps its rank": (GREY, "dot")}


def slope_chart(frame: pd.DataFrame, among: int, words: Words = MOVIES) -> go.Figure:
    """Rank by mean on the left, rank by bias on the right, 1 on top. A point that is clicked has the movie's raw id as
    the first of its `customdata`.

    Args:
        frame: one row per movie, at most `MOST`: item_id, title, mean_rank, mean_rating (stars), bias_rank, bias, rise
            (places gained), rater_mean (stars), n_ratings; see `cf_core.insight.ranks`.
        among: how many movies were ranked.
    """
    left, right = frame["mean_rank"].to_numpy(np.float64), frame["bias_rank"].to_numpy(np.float64)
    ends = np.concatenate([left, right])
    low, high = float(ends.min(initial=1)), float(ends.max(initial=2))
    gap = 0.95 * (high - low) / max(len(frame) - 1, 1)
    labels = [spread_out(side, gap) for side in (left, right)]
    bounds = np.concatenate([ends, *labels])
    view = [float(bounds.max(initial=2)) + gap, float(bounds.min(initial=1)) - gap]
    kind = np.select([frame["rise"] > 0, frame["rise"] < 0], ["rises", "falls"], "keeps its rank")
    traces: list[Any] = [_connectors(0.0, left, labels[0], "y"), _connectors(1.0, right, labels[1], "y2")]
    traces += [_lines(frame[kind == name], name, *look, words) for name, look in _KINDS.items()]
    titles = [short_title(title, 24) for title in frame["title"]]
    names = [f"{rank:,}  {title}" for rank, title in zip(frame["bias_rank"], titles, strict=True)]
    names_before = [f"{title}  {rank:,}" for rank, title in zip(frame["mean_rank"], titles, strict=True)]
    ticks = {"showgrid": False, "ticks": "", "range": view, "fixedrange": True}
    return go.Figure(
        traces,
        layout(
            "From the rank by mean to the rank by bias",
            subtitle=f"{words.count(len(frame))}, ranked among {'themselves' if among == len(frame) else f'{among:,}'}",
            uirevision=f"{len(frame)} {among}",
            height=140 + _ROW * max(len(frame), 4),
            xaxis=axis(
                "", tickvals=[0, 1], ticktext=["by mean", "by bias"], side="top", range=[-0.07, 1.07], showgrid=False,
                fixedrange=True,
            ),
            yaxis=axis("", tickvals=labels[0].tolist(), ticktext=names_before, **ticks),
            yaxis2=axis("", overlaying="y", side="right", tickvals=labels[1].tolist(), ticktext=names, **ticks),
        ),
    )  # fmt: skip


def _lines(part: pd.DataFrame, name: str, color: str, dash: str, words: Words) -> go.Scatter:
    """The lines of one colour as one trace, with a gap between two."""
    xs: list[float | None] = []
    ys: list[int | None] = []
    hover: list[list[Any]] = []
    columns = ["mean_rank", "mean_rating", "bias_rank", "bias", "rater_mean", "n_ratings"]
    numbers = zip(*(part[column].round(4).tolist() for column in columns), strict=True)
    for item_id, title, known in zip(part["item_id"].tolist(), part["title"], numbers, strict=True):
        xs += [0, 1, None]
        ys += [known[0], known[2], None]
        hover += [[item_id, escape_html(title), *known]] * 3
    return go.Scatter(
        name=f"{name} ({len(part)})",
        mode="lines+markers",
        x=xs,
        y=ys,
        customdata=hover,
        hovertemplate=_hover(words.unit),
        line={"color": color, "width": 2, "dash": dash},
        marker={"size": 8, "color": color},
        visible=True if len(part) else "legendonly",
        showlegend=len(part) > 0,
    )


def _hover(unit: str) -> str:
    """What the tip says of a line."""
    return (
        f"<b>%{{customdata[1]}}</b><br>rank %{{customdata[2]:,}} by mean: %{{customdata[3]:.2f}} {unit}<br>"
        "rank %{customdata[4]:,} by bias: %{customdata[5]:+.2f}<br>"
        f"its raters give %{{customdata[6]:.2f}} {unit} on average<br>%{{customdata[7]:,}} ratings<extra></extra>"
    )


def _connectors(x: float, places: NDArray[np.float64], labels: NDArray[np.float64], yaxis: str) -> go.Scatter:
    """Thin lines from the ends of the slopes to labels that had to move."""
    out = x + (0.07 if x else -0.07)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for place, label in zip(places.tolist(), labels.tolist(), strict=True):
        xs += [x, out, None]
        ys += [place, label, None]
    return go.Scatter(
        name="labels", mode="lines", x=xs, y=ys, yaxis=yaxis, hoverinfo="skip", showlegend=False,
        line={"color": GREY, "width": 1},
    )  # fmt: skip
