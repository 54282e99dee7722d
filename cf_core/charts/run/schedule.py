"""The planned learning rate over the epochs."""

import math

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis
from cf_core.charts.run.curve_marks import mark_labels, mark_lines, phase_mark
from cf_core.charts.style import PURPLE, axis, layout, thin


def schedule_preview(frame: pd.DataFrame) -> go.Figure:
    """The learning rate over the epochs, thinned like a training curve.

    Args:
        frame: columns position (epochs), phase (from 1), learning_rate; one row per batch.
    """
    drawn = frame.iloc[thin(len(frame))]
    line = go.Scatter(
        uid="learning rate",
        name="learning rate",
        x=drawn["position"].round(4).tolist(),
        y=[float(f"{rate:.5g}") for rate in drawn["learning_rate"]],
        customdata=drawn["phase"].tolist(),
        mode="lines",
        line={"color": PURPLE, "width": 1.8},
        fill="tozeroy",
        fillcolor="rgba(142,107,209,0.15)",
        hovertemplate="epoch %{x:.2f}, phase %{customdata}<br>learning rate %{y:.3~g}<extra></extra>",
    )
    n_epochs = math.ceil(float(frame["position"].max()) - 1e-9) if len(frame) else 1
    ends = frame.groupby("phase")["position"].max().iloc[:-1]
    marks = [phase_mark(float(at), i) for i, at in enumerate(ends, start=2)]
    return go.Figure(
        line,
        layout(
            "Learning rate over the epochs",
            height=240,
            showlegend=False,
            xaxis=epoch_axis(n_epochs),
            yaxis=axis("learning rate", rangemode="tozero", tickformat="~g"),
            shapes=mark_lines(marks),
            annotations=mark_labels(marks, n_epochs),
        ),
    )
