"""The best or the worst movies as bars of their biases, with the uncertainty of each."""

from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import DIVERGING, GREY, axis, colorscale, escape_html, layout, short_title
from cf_core.insight.leaderboard import Order
from cf_core.words import MOVIES, Words

FAINT = 0.5
MARGIN = 1.04
"""Length of the axis, relative to the farthest whisker."""

ROW, ALL_ROWS = 29, 450
"""Pixels of a bar with its gap, and of all bars at most, where they are one list."""

MOST_CHARACTERS = 36
"""Of a title: on a phone, where bars are 340 pixels wide, more would lie over the numbers."""

LOW = 0.33
"""How far below the middle of a bar its whisker is, in rows."""

Part = Order | Literal["all"]
_TITLES: dict[Part, str] = {"best": "Best: highest bias", "worst": "Worst: lowest bias", "all": "From best to worst"}


def leaderboard_bars(
    frame: pd.DataFrame, part: Part, unit: str = "logits", far: float | None = None, words: Words = MOVIES
) -> go.Figure:
    """A horizontal bar per movie, rank 1 at the top, with its title on it, beside it what its bias is worth in stars,
    and a whisker of one standard error to either side. A bar that is clicked has the movie's raw id as the last of its
    `customdata`.

    Args:
        frame: columns rank, item_id, title, bias, in_stars (what the bias adds to a prediction, in stars), n_ratings,
            mean_rating (stars) and, where it is known, standard_error.
        part: which part of the ranking `frame` is; bars of the worst grow from right to left, as they are negative.
        unit: the unit of the bias, and of the lengths: stars for a model without sigmoid, logits for one with.
        far: the bias of the strongest colours; the strongest of `frame` if None.
    """
    known = "standard_error" in frame
    error = frame["standard_error"] if known else pd.Series(0.0, index=frame.index)
    bias = frame["bias"].round(4).tolist()
    end = far or float(frame["bias"].abs().max()) or 1.0
    look = {"color": bias, "colorscale": colorscale(DIVERGING), "cmin": -end, "cmax": end, "opacity": FAINT}
    bars = go.Bar(
        name=words.items if part == "all" else f"{part} {words.items}",
        orientation="h",
        x=bias,
        y=frame["rank"].tolist(),
        customdata=_hover_data(frame, error),
        hovertemplate=_hover(known, unit, words),
        marker=look,
    )
    view = [
        MARGIN * min(0.0, float((frame["bias"] - error).min())),
        MARGIN * max(0.0, float((frame["bias"] + error).max())),
    ]
    return go.Figure(
        [bars, *([_whiskers(frame)] if known else []), _NUMBERS],
        layout(
            f"{_TITLES[part]} ({words.unit})",
            uirevision=f"{part} {len(frame)}",
            height=44 + min(ROW * max(len(frame), 2), ALL_ROWS if part == "all" else 10_000),
            bargap=0.15,
            showlegend=False,
            xaxis=axis(
                "",
                automargin=False,
                zeroline=True,
                showgrid=False,
                showticklabels=False,
                fixedrange=True,
                range=view,
            ),
            **_titles_and_numbers(frame, part),
        ),
    )


_NUMBERS = go.Scatter(name="numbers", x=[None], y=[None], yaxis="y2", hoverinfo="skip")
"""Without a trace of its own the second axis is not drawn."""


def _whiskers(frame: pd.DataFrame) -> go.Scatter:
    """Along the lower edge of the bars, so that they strike no title through."""
    return go.Scatter(
        name="standard error",
        mode="markers",
        x=frame["bias"].round(4).tolist(),
        y=[rank + LOW for rank in frame["rank"]],
        error_x={"array": frame["standard_error"].round(4).tolist(), "thickness": 1.5, "width": 3, "color": GREY},
        marker={"size": 4, "color": GREY},
        hoverinfo="skip",
    )


def _titles_and_numbers(frame: pd.DataFrame, part: Part) -> dict[str, Any]:
    """Both vertical axes: titles on the bars, from where these begin, or before them; numbers at the other end."""
    rows = {"tickvals": frame["rank"].tolist(), "showgrid": False, "range": [len(frame) + 0.6, 0.4], "ticks": ""}
    sides = ("right", "left") if part == "worst" else ("left", "right")
    titles = [short_title(title, MOST_CHARACTERS) for title in frame["title"]]
    numbers = [f"{stars:+.2f}" for stars in frame["in_stars"]]
    place = {"side": sides[0], "ticklabelposition": "outside" if part == "all" else "inside"}
    font = {"tickfont": {"size": 14}} if len(frame) <= ALL_ROWS // ROW or part != "all" else {}
    return {
        "yaxis": axis("", ticktext=titles, fixedrange=True, **place, **font, **rows),
        "yaxis2": axis(
            "", ticktext=numbers, overlaying="y", matches="y", side=sides[1], fixedrange=True, **font, **rows
        ),
    }


def _hover(known: bool, unit: str, words: Words) -> str:
    """What the tip says, from `_hover_data`."""
    in_unit = "%{x:+.3f}" + (" ± %{customdata[3]:.3f}" if known else "")
    in_stars = "" if unit == "stars" else f"<br>about %{{customdata[4]:+.1f}} {words.unit}"
    return (
        "<b>%{customdata[0]}</b><br>rank %{customdata[5]}<br>bias "
        + f"{in_unit} {escape_html(words.bias_unit(unit))}{in_stars}"
        + f"<br>%{{customdata[1]:,}} ratings, mean %{{customdata[2]:.2f}} {words.unit}<extra></extra>"
    )


def _hover_data(frame: pd.DataFrame, error: "pd.Series[float]") -> list[tuple[Any, ...]]:
    """Behind each bar: title, number of ratings, mean, standard error, bias in stars, rank, raw id."""
    titles, mean, stars = frame["title"].map(escape_html), frame["mean_rating"].round(3), frame["in_stars"].round(2)
    return list(
        zip(titles, frame["n_ratings"], mean, error.round(4), stars, frame["rank"], frame["item_id"], strict=True)
    )
