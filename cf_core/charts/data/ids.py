"""Which raw ids are in use, and the gaps between them."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, axis, layout


def id_gaps(frame: pd.DataFrame, noun: str) -> go.Figure:
    """How many raw ids of each range are in use, with the unused ones stacked on top.

    Args:
        frame: columns first, last (raw ids), n_used, n_unused; ascending.
        noun: "user" or "movie".
    """
    hover = (
        f"{noun} ids %{{customdata[0]:,}} to %{{customdata[1]:,}}<br>%{{customdata[2]:,}} in use, "
        "%{customdata[3]:,} gaps<extra></extra>"
    )
    columns = ["first", "last", "n_used", "n_unused"]

    def bars(name: str, column: str, color: str) -> go.Bar:
        return go.Bar(
            name=name,
            x=((frame["first"] + frame["last"]) / 2).tolist(),
            y=frame[column].tolist(),
            customdata=frame[columns].to_numpy().tolist(),
            hovertemplate=hover,
            marker={"color": color, "line": {"width": 0}},
        )

    gaps = bars("gaps: unused rows", "n_unused", GREY)
    gaps.marker.opacity = 0.35
    width = int(frame["last"].iloc[0] - frame["first"].iloc[0]) + 1
    return go.Figure(
        [bars("in use", "n_used", BLUE), gaps],
        layout(
            f"Which {noun} ids are in use",
            height=320,
            barmode="stack",
            bargap=0,
            xaxis=axis(f"raw {noun} id", showgrid=False, tickformat=","),
            yaxis=axis(f"ids per {width:,}", tickformat=","),
        ),
    )
