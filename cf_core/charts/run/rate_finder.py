"""Loss against learning rate, from a rate search."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.run.curves import FAINT
from cf_core.charts.style import BLUE, PINK, axis, layout, thin
from cf_core.teaching.rate_finder import RateSearch
from cf_core.words import MOVIES, Words


def rate_curve(search: RateSearch, words: Words = MOVIES) -> go.Figure:
    """The losses of a rate search, thin, and their average, over the rates on a log axis; the suggestion marked.

    The loss axis ends a little above the first losses: higher ones have diverged.
    """
    drawn = thin(len(search.rates))
    rates = [float(f"{rate:.4g}") for rate in search.rates[drawn]]
    figure = go.Figure(
        layout=layout(
            "Loss by learning rate",
            height=300,
            xaxis=axis("learning rate", type="log", **_ticks(search.rates)),
            yaxis=axis(f"loss (MSE, {words.unit}²)", range=_limits(search)),
            shapes=[] if search.suggestion is None else [_mark(search.suggestion, search.rates)],
        )
    )
    losses = search.losses[drawn].round(5).tolist()
    single = go.Scatter(name="loss", x=rates, y=losses, mode="lines", line={"color": BLUE, "width": 1}, opacity=FAINT)
    averages = search.smoothed[drawn].round(5).tolist()
    average = go.Scatter(name="loss, smoothed", x=rates, y=averages, mode="lines", line={"color": BLUE, "width": 2})
    return figure.add_traces([single, average]).update_traces(hovertemplate="rate %{x:.3~g}<br>%{y:.3f}")


def _ticks(rates: np.ndarray) -> dict[str, Any]:
    """A tick at each power of ten within the rates."""
    if not len(rates):
        return {"showticklabels": False, "range": [-5, 1]}
    low, high = np.log10(rates[[0, -1]])
    powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    return {"tickvals": [10.0**power for power in powers], "ticktext": [f"10<sup>{power}</sup>" for power in powers]}


def _limits(search: RateSearch) -> list[float]:
    if not len(search.losses):
        return [0.0, 1.0]
    start = float(np.median(search.losses[: max(1, len(search.losses) // 4)]))
    low = float(min(search.losses.min(), search.smoothed.min()))
    room = max(start - low, 0.1 * start)
    return [low - 0.1 * room, start + 0.35 * room]


def _mark(rate: float, rates: np.ndarray) -> dict[str, Any]:
    """A line at the suggestion, labelled on the side that has more room."""
    up = {"type": "line", "xref": "x", "x0": rate, "x1": rate, "yref": "paper", "y0": 0, "y1": 1}
    side = "right" if rate**2 > rates[0] * rates[-1] else "left"
    label = {"text": f"{rate:g}", "textposition": "end", "textangle": 0, "xanchor": side, "yanchor": "top"}
    return {**up, "line": {"color": PINK, "width": 1.5, "dash": "dash"}, "label": label}
