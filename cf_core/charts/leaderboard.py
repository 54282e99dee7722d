"""The best and the worst movies as bars. Nothing in here ranks movies."""

from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, ORANGE, axis, layout, plain, short_title


def leaderboard_bars(frame: pd.DataFrame, order: Literal["best", "worst"], unit: str = "logits") -> go.Figure:
    """One horizontal bar a movie, rank 1 at the top.

    Args:
        frame: columns rank, item_id, title, bias, n_ratings, mean_rating (stars).
        order: which end of the ranking `frame` is, for wording and colour.
        unit: the unit of the bias: stars for a model without sigmoid, logits for one with.
    """
    bars = go.Bar(
        name=f"{order} movies",
        orientation="h",
        x=frame["bias"].round(4).tolist(),
        y=frame["rank"].tolist(),
        text=[f"{bias:+.2f}" for bias in frame["bias"]],
        textposition="outside",
        cliponaxis=False,
        customdata=list(zip(frame["title"].map(plain), frame["n_ratings"], frame["mean_rating"].round(3), strict=True)),
        hovertemplate="<b>%{customdata[0]}</b><br>rank %{y}<br>bias %{x:+.3f} "
        + plain(unit)
        + "<br>%{customdata[1]:,} ratings, mean %{customdata[2]:.2f} stars<extra></extra>",
        marker_color={"best": BLUE, "worst": ORANGE}[order],
    )
    ends = [1.22 * min(0.0, float(frame["bias"].min())), 1.22 * max(0.0, float(frame["bias"].max()))]
    labels = [short_title(title, 30) for title in frame["title"]]
    return go.Figure(
        bars,
        layout(
            {"best": "Best movies by bias", "worst": "Worst movies by bias"}[order],
            uirevision=f"{order} {len(frame)}",
            height=110 + 24 * max(len(frame), 4),
            bargap=0.25,
            showlegend=False,
            xaxis=axis(f"movie bias ({plain(unit)})", zeroline=True, range=ends),
            yaxis=axis("", autorange="reversed", tickvals=frame["rank"].tolist(), ticktext=labels, showgrid=False),
        ),
    )
