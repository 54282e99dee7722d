"""How much of what came of many runs each setting explains."""

from collections.abc import Sequence

import plotly.graph_objects as go

from cf_core.charts.style import BLUE, axis, escape_html, layout
from cf_core.insight.importance import Importance

HEIGHT = 430
MOST = 10


def worth_of_settings(found: Sequence[Importance], result: str) -> go.Figure:
    """A bar per setting, the most important on top, at most `MOST`; the thin line is where eight of ten resamples of
    the runs lie."""
    shown = [*found[:MOST]][::-1]
    return go.Figure(
        go.Bar(
            orientation="h",
            uid="worth",
            y=[escape_html(one.setting) for one in shown],
            x=[round(one.share, 4) for one in shown],
            marker={"color": BLUE},
            error_x={
                "type": "data",
                "array": [round(one.high - one.share, 4) for one in shown],
                "arrayminus": [round(one.share - one.low, 4) for one in shown],
                "thickness": 1.5,
            },
            customdata=[(round(one.low, 3), round(one.high, 3)) for one in shown],
            hovertemplate="%{y}: %{x:.0%} of the variance, "
            "8 of 10 resamples between %{customdata[0]:.0%} and %{customdata[1]:.0%}<extra></extra>",
        ),
        layout(
            f"What each setting is worth for {result}",
            subtitle="share of the variance that is lost when the setting is shuffled among the runs",
            uirevision=result,
            height=HEIGHT,
            xaxis=axis("share of the variance explained", tickformat=".0%"),
            yaxis=axis("", automargin=True),
        ),
    )
