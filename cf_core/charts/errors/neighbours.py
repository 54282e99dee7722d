"""What the model and the neighbours predicted, beside the rating that was given."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREEN, GREY, axis, layout
from cf_core.insight.rating_steps import round_step
from cf_core.words import MOVIES, Words

MOST_TICKS = 6


def neighbour_chart(
    frame: pd.DataFrame, given: float, rating_range: tuple[float, float], words: Words = MOVIES
) -> go.Figure:
    """A row per predictor: its prediction as a dot, and a line to the rating; green where it is closer than the model.
    One without a prediction has an empty row that says so.

    Args:
        frame: name, predicted (stars, NaN where there is none), is_closer; the model first.
        given: the rating, stars.
        rating_range: the lowest and the highest rating.
    """
    colors = [BLUE, *(GREEN if closer else GREY for closer in frame["is_closer"].tolist()[1:])]
    known = np.flatnonzero(frame["predicted"].notna()).tolist()
    blank = [row for row in range(len(frame)) if row not in known]
    stars = frame["predicted"].round(3).tolist()
    dots = go.Scatter(
        name="predicted",
        x=[stars[row] for row in known],
        y=known,
        mode="markers+text",
        marker={"size": 12, "color": [colors[row] for row in known]},
        text=[f"<b>{stars[row]:.2f}</b>" for row in known],
        textposition=["middle right" if stars[row] >= given else "middle left" for row in known],
        cliponaxis=False,
        customdata=[[frame["name"].iloc[row], round(given - stars[row], 2)] for row in known],
        hovertemplate="%{customdata[0]}: %{x:.2f} " + words.unit + "<br>residual %{customdata[1]:+.2f}<extra></extra>",
    )
    low, high = rating_range
    step = round_step((high - low) or 1, MOST_TICKS)
    names = {"tickvals": list(range(len(frame))), "ticktext": frame["name"].tolist(), "showgrid": False}
    return go.Figure(
        dots,
        layout(
            "Who would have known better?",
            height=280,
            dragmode=False,
            showlegend=False,
            shapes=[*(_gap(stars[row], given, row, colors[row]) for row in known), _given_line(given)],
            annotations=[_no_prediction(row, rating_range) for row in blank],
            xaxis=axis(words.unit, range=[low - step / 2, high + step / 2], dtick=step, tick0=0),
            yaxis=axis("", range=[len(frame) - 0.4, -0.6], **names),
        ),
    )


def _gap(predicted: float, given: float, row: int, color: str) -> dict[str, Any]:
    line = {"color": color, "width": 2}
    return {"type": "line", "x0": predicted, "x1": given, "y0": row, "y1": row, "line": line, "layer": "below"}


def _given_line(given: float) -> dict[str, Any]:
    label = {"text": f"given: {given:g}", "textposition": "end", "textangle": 0, "font": {"size": 12, "color": GREEN}}
    line = {"color": GREEN, "width": 2, "dash": "dash"}
    return {"type": "line", "x0": given, "x1": given, "yref": "paper", "y0": 0, "y1": 1, "line": line, "label": label}


def _no_prediction(row: int, rating_range: tuple[float, float]) -> dict[str, Any]:
    place = {"x": sum(rating_range) / 2, "y": row, "showarrow": False}
    return {"text": "nothing similar was rated", "font": {"size": 11, "color": GREY}, **place}
