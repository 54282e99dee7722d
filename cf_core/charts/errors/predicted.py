"""How many ratings of each number of stars were predicted at each number of stars."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.data.ratings import DIGITS, STARS
from cf_core.charts.style import GREY, axis, colorscale, layout
from cf_core.words import MOVIES, Words


def predicted_heatmap(table: pd.DataFrame, words: Words = MOVIES) -> go.Figure:
    """Predictions across, ratings up, and in each cell the number of ratings; coloured by the share of the ratings
    of its row. On the diagonal the model is right to the nearest level.

    Args:
        table: counts; index rating, columns predicted (stars); see `cf_core.insight.calibration`.
    """
    counts = table.to_numpy()
    of_column, of_row = (counts / np.maximum(counts.sum(at, keepdims=True), 1) for at in (0, 1))
    levels = [f"{level:g}" for level in table.index]
    cells = go.Heatmap(
        x=levels,
        y=levels,
        z=np.where(counts > 0, of_row, np.nan).round(4).tolist(),
        colorscale=colorscale(STARS),
        showscale=False,
        text=[[f"{n:,}" if n else "" for n in row] for row in counts.tolist()],
        texttemplate="%{text}",
        textfont={"size": 11, "color": DIGITS},
        customdata=np.stack([of_column, of_row], axis=2).round(4).tolist(),
        hovertemplate=f"predicted %{{x}}, given %{{y}} {words.unit}: %{{text}} ratings<br>"
        "%{customdata[0]:.1%} of those predicted so"
        "<br>%{customdata[1]:.1%} of those given so<extra></extra>",
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )
    diagonal = go.Scatter(
        x=levels, y=levels, mode="lines", line={"color": GREY, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    look = {"type": "category", "showgrid": False, "categoryarray": levels, "tickvals": levels}
    return go.Figure(
        [cells, diagonal],
        layout(
            "Which stars were predicted as which" if words.unit == "stars" else "Which ratings were predicted as which",
            height=420,
            dragmode=False,
            showlegend=False,
            xaxis=axis(f"predicted ({words.unit}, to the nearest)", **look),
            yaxis=axis(f"given ({words.unit})", **look),
        ),
    )
