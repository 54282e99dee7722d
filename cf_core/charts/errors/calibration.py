"""What users gave, on average, where the model predicted so many stars."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, axis, layout
from cf_core.words import MOVIES, Words


def calibration_chart(frame: pd.DataFrame, words: Words = MOVIES) -> go.Figure:
    """The mean rating of each bin of predictions with one standard error, and the diagonal, on which a calibrated model
    lies.

    Args:
        frame: low, high, predicted, actual, standard_error (NaN for a single rating; all in stars), n_ratings; see
            `cf_core.insight.calibration`.
    """
    ends = [float(frame[["predicted", "actual"]].min().min()), float(frame[["predicted", "actual"]].max().max())]
    room = 0.08 * max(ends[1] - ends[0], 0.5)
    view = [ends[0] - room, ends[1] + room]
    diagonal = go.Scatter(
        name="calibrated",
        mode="lines",
        x=view,
        y=view,
        hoverinfo="skip",
        line={"color": GREY, "width": 1, "dash": "dot"},
    )
    errors = frame["standard_error"].fillna(0).round(4)
    bins = go.Scatter(
        name="a bin of predictions, ± one standard error",
        mode="markers",
        x=frame["predicted"].round(4).tolist(),
        y=frame["actual"].round(4).tolist(),
        error_y={"type": "data", "array": errors.tolist(), "color": BLUE, "thickness": 1.5, "width": 5},
        marker={"size": 9, "color": BLUE},
        customdata=[
            f"{row.n_ratings:,} ratings predicted at {row.low:.2f} to {row.high:.2f} {words.unit}<br>predicted "
            f"{row.predicted:.2f}, given {row.actual:.2f} ± {error:.2f} on average"
            for row, error in zip(frame.itertuples(), errors, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return go.Figure(
        [diagonal, bins],
        layout(
            "Given against predicted",
            height=420,
            dragmode=False,
            xaxis=axis(f"mean prediction ({words.unit})", range=view),
            yaxis=axis(f"mean rating ({words.unit})", range=view),
        ),
    )
