"""Users by how they rate and by how good the movies are that they rate."""

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.style import CLOUD_POINTS, DIVERGING, GREY, axis, colorscale, escape_html, layout, of_all, thin
from cf_core.words import MOVIES, Words


def rater_cloud(frame: pd.DataFrame, unit: str = "logits", words: Words = MOVIES) -> go.Figure:
    """Each user as a point: what others gave their movies across, what they gave themselves up, coloured by bias.
    On the dotted line a user rates as the others do. Of more than `CLOUD_POINTS` so many are drawn, evenly spaced in
    `frame`, the first and the last among them.

    Args:
        frame: the kindest first: user_id, bias, n_ratings, mean_rating, others_mean, above_others (stars, NaN where
            unknown); see `cf_core.insight.raters`.
        unit: of the bias.
    """
    unit = escape_html(words.bias_unit(unit))
    known = frame.dropna(subset=["others_mean"])
    far = float(known["bias"].sub(known["bias"].median()).abs().quantile(0.97)) if len(known) else 1.0
    middle = float(known["bias"].median()) if len(known) else 0.0
    n_known = len(known)
    known = known.iloc[thin(n_known, CLOUD_POINTS)]
    mine = (known["others_mean"] + known["above_others"]).round(3)
    theirs = known["others_mean"].round(3)
    points = go.Scatter(
        name="users",
        mode="markers",
        x=theirs.tolist(),
        y=mine.tolist(),
        customdata=list(
            zip(
                known["user_id"],
                known["n_ratings"],
                known["bias"].round(3),
                known["above_others"].round(3),
                strict=True,
            )
        ),
        hovertemplate="<b>user %{customdata[0]}</b><br>%{customdata[1]:,} ratings<br>"
        f"gives %{{y:.2f}} {words.unit} where others give %{{x:.2f}}, difference %{{customdata[3]:+.2f}}<br>"
        f"bias %{{customdata[2]:+.2f}} {unit}<extra></extra>",
        marker={
            "size": 7,
            "color": known["bias"].round(3).tolist(),
            "colorscale": colorscale(DIVERGING),
            "cmin": middle - far,
            "cmax": middle + far,
            "colorbar": {"title": {"text": f"bias<br>({unit})"}, "thickness": 12, "outlinewidth": 0},
            "line": {"width": 0},
        },
        showlegend=False,
    )
    low = float(min(theirs.min(), mine.min())) if len(known) else 0.0
    high = float(max(theirs.max(), mine.max())) if len(known) else 1.0
    even = go.Scatter(
        name="as the others do", mode="lines", x=[low, high], y=[low, high], hoverinfo="skip",
        line={"color": GREY, "width": 1, "dash": "dot"},
    )  # fmt: skip
    return go.Figure(
        [even, points],
        layout(
            f"Kind raters, and raters of good {words.items}",
            subtitle="above the line kind, below it harsh" + of_all(len(known), n_known, "users"),
            height=480,
            xaxis=axis(f"mean that others gave the user's {words.items} ({words.unit})", range=_view(theirs)),
            yaxis=axis(f"mean that the user gave them ({words.unit})"),
        ),
    )


def _view(values: "pd.Series[float]") -> list[float] | None:
    """A range with a little room around the values, so that the dotted line does not stretch it."""
    if values.empty:
        return None
    room = 0.05 * max(float(values.max() - values.min()), 0.1)
    return [float(values.min()) - room, float(values.max()) + room]
