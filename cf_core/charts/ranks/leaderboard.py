"""The best or the worst movies as bars of their biases, with the uncertainty of each."""

from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, ORANGE, axis, escape_html, layout, short_title

FAINT = 0.5
MARGIN = 1.04
"""Length of the axis, relative to the farthest whisker."""


def leaderboard_bars(frame: pd.DataFrame, order: Literal["best", "worst"], unit: str = "logits") -> go.Figure:
    """A horizontal bar per movie, rank 1 at the top, its bias beside it, with a whisker of one standard error to either
    side. A bar that is clicked has the movie's raw id as the last of its `customdata`.

    Args:
        frame: columns rank, item_id, title, bias, n_ratings, mean_rating (stars) and, where it is known,
            standard_error.
        order: which end of the ranking `frame` is, for wording and colour.
        unit: the unit of the bias: stars for a model without sigmoid, logits for one with.
    """
    known = "standard_error" in frame
    error = frame["standard_error"] if known else pd.Series(0.0, index=frame.index)
    color = {"best": BLUE, "worst": ORANGE}[order]
    bars = go.Bar(
        name=f"{order} movies",
        orientation="h",
        x=frame["bias"].round(4).tolist(),
        y=frame["rank"].tolist(),
        customdata=_hover_data(frame, error),
        hovertemplate="<b>%{customdata[0]}</b><br>rank %{y}<br>bias %{x:+.3f} "
        + ("± %{customdata[3]:.3f} " if known else "")
        + escape_html(unit)
        + "<br>%{customdata[1]:,} ratings, mean %{customdata[2]:.2f} stars<extra></extra>",
        marker={"color": color, "opacity": FAINT if known else 1},
    )
    if known:  # in the full colour, so that it is seen on the bar as well as beside it
        bars.error_x = {"array": error.round(4).tolist(), "thickness": 2, "width": 4, "color": color}
    low, high = frame["bias"].clip(upper=0) - error, frame["bias"].clip(lower=0) + error
    rows = {"tickvals": frame["rank"].tolist(), "showgrid": False, "range": [len(frame) + 0.6, 0.4]}
    titles = [short_title(title, 30) for title in frame["title"]]
    numbers = [f"{bias:+.2f}" for bias in frame["bias"]]
    return go.Figure(
        [bars, go.Scatter(name="numbers", x=[None], y=[None], yaxis="y2", hoverinfo="skip")],
        layout(
            {"best": "Best movies by bias", "worst": "Worst movies by bias"}[order],
            subtitle="whiskers: one standard error to either side" if known else "",
            uirevision=f"{order} {len(frame)}",
            height=110 + 24 * max(len(frame), 4),
            bargap=0.25,
            showlegend=False,
            xaxis=axis(
                f"movie bias ({escape_html(unit)})",
                zeroline=True,
                range=[MARGIN * min(0.0, float(low.min())), MARGIN * max(0.0, float(high.max()))],
            ),
            yaxis=axis("", ticktext=titles, **rows),
            yaxis2=axis("", ticktext=numbers, overlaying="y", matches="y", side="right", **rows),
        ),
    )


def _hover_data(frame: pd.DataFrame, error: "pd.Series[float]") -> list[tuple[Any, ...]]:
    """Behind each bar: title, number of ratings, mean, standard error, raw id."""
    titles, mean = frame["title"].map(escape_html), frame["mean_rating"].round(3)
    return list(zip(titles, frame["n_ratings"], mean, error.round(4), frame["item_id"], strict=True))
