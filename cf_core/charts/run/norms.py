"""Norms of the weights and of the gradients of a run, layer by layer."""

import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis
from cf_core.charts.style import CATEGORICAL, axis, escape_html, layout, thin_steadily
from cf_core.training.history import History
from cf_core.words import MOVIES, Words

_NAMES = {
    "user_factors.weight": "user factors",
    "item_factors.weight": "movie factors",
    "user_bias.weight": "user biases",
    "item_bias.weight": "movie biases",
    "user_interests.weight": "user interests",
    "hidden.weight": "hidden layer",
    "hidden.bias": "hidden layer, constants",
    "last.weight": "last layer",
    "last.bias": "last layer, constant",
}


def layer_name(name: str, words: Words = MOVIES) -> str:
    """The name on the screen of the parameter that PyTorch calls `name`."""
    return words.told(_NAMES[name]) if name in _NAMES else name


def norm_curves(history: History, words: Words = MOVIES) -> go.Figure:
    """The norms of weights (above) and of gradients (below, log axis) over the epochs, a line per layer."""
    reports = [report for report in history.batches if report.weight_norms]
    reports = [reports[i] for i in thin_steadily(len(reports))]
    at = [round(report.position, 4) for report in reports]
    n_epochs = max([1, history.started.n_epochs if history.started else 1, *(report.epoch for report in reports)])
    figure = go.Figure(
        layout=layout(
            "Norms of weights and gradients by layer",
            height=460,
            xaxis=epoch_axis(n_epochs, anchor="y2"),
            yaxis=axis("‖weights‖", domain=[0.54, 1], rangemode="tozero"),
            yaxis2=axis("‖gradient‖", domain=[0, 0.44], type="log", dtick=1, exponentformat="power"),
        )
    )
    for name, color in zip(
        dict.fromkeys(key for report in reports for key in report.weight_norms), CATEGORICAL * 2, strict=False
    ):
        called = escape_html(layer_name(name, words))
        line = {"color": color, "width": 1.8}
        of_weight = [report.weight_norms.get(name) for report in reports]
        of_gradient = [report.gradient_norms.get(name) or None for report in reports]  # a log axis has no 0
        hover = f"{called}: %{{y:.3~g}} at epoch %{{x:.2f}}<extra></extra>"
        figure.add_trace(go.Scatter(name=called, legendgroup=called, x=at, y=of_weight, line=line, hovertemplate=hover))
        low = go.Scatter(
            name=called, legendgroup=called, x=at, y=of_gradient, line=line, hovertemplate=hover, yaxis="y2"
        )
        figure.add_trace(low.update(showlegend=False))
    return figure
