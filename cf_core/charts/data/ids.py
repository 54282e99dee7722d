"""Which raw ids are in use."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, axis, escape_html, layout


def id_gaps(frame: pd.DataFrame, noun: str) -> go.Figure:
    """How many raw ids of each range are in use, on an axis that ends where all of them would be: what is blank below
    that line are gaps.

    Args:
        frame: columns first, last (raw ids), n_used, n_unused; ascending.
        noun: "user" or "movie".
    """
    noun = escape_html(noun)
    width = int(frame["last"].iloc[0] - frame["first"].iloc[0]) + 1
    end = int(frame["last"].iloc[-1]) + 1
    used = frame["n_used"].tolist()
    columns = frame[["first", "last", "n_used", "n_unused"]].to_numpy().tolist()
    # A filled stair instead of bars: between bars that touch, browsers draw hairlines that look like gaps.
    stair = go.Scatter(
        name="in use",
        x=[*frame["first"].tolist(), end],
        y=[*used, used[-1]],
        customdata=[*columns, columns[-1]],
        hovertemplate=f"{noun} ids %{{customdata[0]:,}} to %{{customdata[1]:,}}<br>%{{customdata[2]:,}} in use, "
        "%{customdata[3]:,} gaps<extra></extra>",
        mode="lines",
        line={"color": BLUE, "width": 1, "shape": "hv"},
        fill="tozeroy",
        fillcolor=BLUE,
    )
    every = go.Scatter(
        name="if every id were in use", x=[0, end], y=[width, width], mode="lines", hoverinfo="skip",
        line={"color": GREY, "width": 1.5, "dash": "dot"},
    )  # fmt: skip
    return go.Figure(
        [stair, every],
        layout(
            f"Which {noun} ids are in use",
            height=320,
            dragmode=False,
            xaxis=axis(f"raw {noun} id", showgrid=False, tickformat=","),
            yaxis=axis(f"ids in use, of each {width:,}", tickformat=",", range=[0, 1.08 * width]),
        ),
    )
