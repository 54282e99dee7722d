"""The error in each slice of the validation ratings, with its uncertainty and the number of ratings behind it."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, escape_html, layout
from cf_core.insight.error_slices import Measure, Standing
from cf_core.words import MOVIES, Words

LOOKS: dict[Standing, tuple[str, str, str]] = {
    "better": ("better than {rival}", BLUE, "circle"),
    "no clear difference": ("no clear difference", BLUE, "circle-open"),
    "worse": ("worse than {rival}", ORANGE, "diamond"),
    "too few to tell": ("too few ratings to tell", GREY, "circle-open"),  # drawn where nothing else is
}
"""Words in the legend, colour and symbol of the model's mark, by how it stands beside its rival."""


class Names(NamedTuple):
    """What the legend calls the model and its rival, and what it calls the rival for short."""

    model: str = "model"
    rival: str = "user and movie means"
    rival_short: str = "the means"


N_SHARE, GAP = 0.2, 0.08
"""The share of the height that the numbers of ratings take, and that of the gap above them."""


def slice_chart(
    frame: pd.DataFrame,
    measure: Measure,
    overall: float,
    what: str,
    names: Names | None = None,
    words: Words = MOVIES,
) -> go.Figure:
    """Above, the model's error in each slice with its 95% interval, and that of its rival; below, how many ratings each
    slice has. A dotted line is the error over all validation ratings; the legend tells it, because along the line there
    is no place that no mark can take. Beside slices that can be judged, those of too few ratings have no mark: it would
    lie anywhere, and stretch the axis.

    Args:
        frame: slice, n_ratings, rmse, mae, mean_residual, low, high (NaN where too few), rival_rmse, rival_mae
            (stars), standing; see `cf_core.insight.error_slices`.
        measure: which error is drawn.
        overall: it, over all validation ratings, in stars.
        what: what the slices are by, for the title and the axis.
        names: of the model and its rival, plain text; the rival is the means if None.
    """
    names = names or Names(rival=f"user and {words.item} means")
    across = list(range(len(frame)))
    labels = {
        "tickvals": across,
        "ticktext": [escape_html(name) for name in frame["slice"]],
        "range": [-0.6, len(frame) - 0.4],
        "showgrid": False,
    }
    is_judged = (frame["standing"] != "too few to tell").to_numpy()
    drawn = np.flatnonzero(is_judged if is_judged.any() else ~is_judged)
    view = _view(frame.iloc[drawn], measure)
    return go.Figure(
        [
            _counts(frame, drawn),
            _rival(frame, drawn, measure, names.rival, words),
            *_model(frame, drawn, measure, names, words),
        ],
        layout(
            f"{measure.upper()} by {what}",
            uirevision=f"{what} {measure}",
            height=380,
            bargap=0.45,
            dragmode=False,
            shapes=[_overall_line(overall)],
            xaxis=axis(what, anchor="y2", **labels),
            yaxis=axis(f"{measure.upper()} ({words.unit})", domain=[N_SHARE + GAP, 1], range=view),
            yaxis2=axis(
                "ratings",
                domain=[0, N_SHARE],
                range=[0, 1.5 * float(frame["n_ratings"].max())],
                showticklabels=False,
                showgrid=False,
            ),
        ),
    )


def _model(
    frame: pd.DataFrame, drawn: NDArray[np.int64], measure: Measure, names: Names, words: Words
) -> list[go.Scatter]:
    """The model's marks, a trace for each standing beside the rival that occurs."""
    standing = frame["standing"].to_numpy()[drawn]
    return [
        _marks(frame, drawn[standing == one], measure, one, names, words) for one in LOOKS if (standing == one).any()
    ]


def _marks(
    frame: pd.DataFrame, at: NDArray[np.int64], measure: Measure, standing: Standing, names: Names, words: Words
) -> go.Scatter:
    text, color, symbol = LOOKS[standing]
    some = frame.iloc[at]
    hover = [
        f"<b>{escape_html(row.slice)}</b><br>{row.n_ratings:,} ratings"
        f"<br>RMSE {row.rmse:.3f}, MAE {row.mae:.3f} {words.unit}"
        f"<br>95% interval of the {measure.upper()}: {interval}"
        f"<br>rating minus prediction: {row.mean_residual:+.2f} on average"
        for row, interval in zip(some.itertuples(), map(_interval, some["low"], some["high"]), strict=True)
    ]
    return go.Scatter(
        uid=standing,
        name=f"{names.model}, {text.format(rival=names.rival_short)}",
        x=at.tolist(),
        y=some[measure].round(4).tolist(),
        mode="markers",
        marker={"size": 10, "color": color, "symbol": symbol, "line": {"color": color, "width": 2}},
        error_y={
            "type": "data",
            "array": (some["high"] - some[measure]).fillna(0).round(4).tolist(),
            "arrayminus": (some[measure] - some["low"]).fillna(0).round(4).tolist(),
            "color": color,
            "thickness": 1.5,
            "width": 5,
        },
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _rival(frame: pd.DataFrame, drawn: NDArray[np.int64], measure: Measure, name: str, words: Words) -> go.Scatter:
    some = frame.iloc[drawn]
    return go.Scatter(
        name=name,
        x=drawn.tolist(),
        y=some[f"rival_{measure}"].round(4).tolist(),
        mode="markers",
        marker={"size": 15, "color": GREY, "symbol": "line-ew", "line": {"color": GREY, "width": 2.5}},
        customdata=[escape_html(name) for name in some["slice"]],
        hovertemplate=f"<b>%{{customdata}}</b><br>{name}: %{{y:.3f}} {words.unit}<extra></extra>",
    )


def _counts(frame: pd.DataFrame, drawn: NDArray[np.int64]) -> go.Bar:
    hover = [f"<b>{escape_html(row.slice)}</b><br>{row.n_ratings:,} validation ratings" for row in frame.itertuples()]
    return go.Bar(
        name="ratings",
        x=list(range(len(frame))),
        y=frame["n_ratings"].tolist(),
        yaxis="y2",
        text=[_short(n) for n in frame["n_ratings"]],
        textposition="outside",
        textangle=0,
        cliponaxis=False,
        marker={"color": GREY, "opacity": 0.6},
        customdata=[text + ("" if at in drawn else ": too few for a mark") for at, text in enumerate(hover)],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _overall_line(overall: float) -> dict[str, Any]:
    line = {"color": GREY, "width": 1, "dash": "dot"}
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": overall, "y1": overall}
    return {"type": "line", "name": f"all ratings: {overall:.3f}", "showlegend": True, "line": line, **place}


def _view(frame: pd.DataFrame, measure: Measure) -> list[float]:
    """All marks, and the intervals as far as they are no longer than the marks are apart."""
    marks = np.concatenate([frame[measure], frame[f"rival_{measure}"]])
    ends = np.concatenate([frame["low"].dropna(), frame["high"].dropna(), marks])
    spread = max(float(np.ptp(marks)), 0.05)
    low, high = max(float(ends.min()), float(marks.min()) - spread), min(float(ends.max()), float(marks.max()) + spread)
    room = 0.08 * (high - low)
    return [max(low - room, 0.0), high + room]


def _interval(low: float, high: float) -> str:
    return "too few ratings" if np.isnan(low) else f"{low:.3f} to {high:.3f}"


def _short(n: int) -> str:
    """A number in few characters: 742, 1.5k, 12k."""
    return f"{n}" if n < 1_000 else f"{n / 1_000:.1f}k" if n < 9_950 else f"{n / 1_000:,.0f}k"
