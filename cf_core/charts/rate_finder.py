"""Loss against learning rate, as a sweep found it. Nothing in here looks for a rate."""

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, FADED, PINK, axis, layout, thin
from cf_core.training.rate_finder import RateSweep


def rate_curve(sweep: RateSweep) -> go.Figure:
    """The losses of a sweep, thin, and their average, over the rates on a log axis; the suggestion marked.

    The loss axis ends a little above where the average began: what lies beyond has run away.
    """
    drawn = thin(len(sweep.rates))
    rates = [float(f"{rate:.4g}") for rate in sweep.rates[drawn]]
    figure = go.Figure(
        layout=layout(
            "Loss by learning rate",
            height=300,
            xaxis=axis("learning rate", type="log", dtick=1, exponentformat="power"),
            yaxis=axis("loss (MSE, stars²)", range=_limits(sweep.smoothed)),
            shapes=[] if sweep.suggestion is None else [_mark(sweep.suggestion)],
        )
    )
    hover = "rate %{x:.3~g}<br>%{y:.3f}"
    losses = sweep.losses[drawn].round(5).tolist()
    single = go.Scatter(name="loss", x=rates, y=losses, mode="lines", line={"color": BLUE, "width": 1}, opacity=FADED)
    averages = sweep.smoothed[drawn].round(5).tolist()
    average = go.Scatter(name="its average", x=rates, y=averages, mode="lines", line={"color": BLUE, "width": 2})
    figure.add_traces([single.update(hovertemplate=hover), average.update(hovertemplate=hover)])
    return figure


def _limits(smoothed: np.ndarray) -> list[float]:
    if not len(smoothed):
        return [0.0, 1.0]
    start, low = float(np.median(smoothed[: max(1, len(smoothed) // 4)])), float(smoothed.min())
    room = max(start - low, 0.1 * start)
    return [low - 0.1 * room, start + 0.35 * room]


def _mark(rate: float) -> dict[str, object]:
    up = {"type": "line", "xref": "x", "x0": rate, "x1": rate, "yref": "paper", "y0": 0, "y1": 1}
    label = {"text": f"{rate:g}", "textposition": "end", "textangle": 0, "xanchor": "right"}
    return {**up, "line": {"color": PINK, "width": 1.5, "dash": "dash"}, "label": {**label, "yanchor": "top"}}
