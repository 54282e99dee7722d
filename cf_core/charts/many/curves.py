"""The validation losses of many runs over the same epochs."""

from collections.abc import Mapping
from itertools import cycle

import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis, loss_limits
from cf_core.charts.run.curves import LOSS_AXIS, Metric, in_metric
from cf_core.charts.style import CATEGORICAL, axis, escape_html, layout
from cf_core.training.history import History
from cf_core.words import Words

HEIGHT = 430
MOST = len(CATEGORICAL)
"""More lines could not be told apart."""


def validation_curves(histories: Mapping[str, History], metric: Metric, words: Words) -> go.Figure:
    """A line per run, each in its own colour, at most `MOST` of them.

    Args:
        histories: the runs by their names in the legend and the hover.
    """
    losses = {
        name: in_metric([epoch.valid_loss for epoch in history.epochs], metric) for name, history in histories.items()
    }
    limits, note = loss_limits([], [loss for of_run in losses.values() for loss in of_run], [])
    last = max([1, *(history.epochs[-1].epoch for history in histories.values() if history.epochs)])
    figure = go.Figure(
        layout=layout(
            "Validation loss of the chosen runs",
            uirevision=metric,
            height=HEIGHT,
            xaxis=epoch_axis(last),
            yaxis=axis(words.told(LOSS_AXIS[metric]), **limits),
            annotations=note,
        )
    )
    for (name, history), color in zip(histories.items(), cycle(CATEGORICAL), strict=False):
        figure.add_trace(
            go.Scatter(
                uid=name,
                name=escape_html(name),
                x=[epoch.epoch for epoch in history.epochs],
                y=losses[name],
                mode="lines+markers",
                line={"color": color, "width": 2},
                marker={"size": 6},
                hovertemplate=f"{escape_html(name)}<br>%{{y:.4f}} after epoch %{{x}}<extra></extra>",
            )
        )
    return figure
