"""The error of runs over their number of factors, with the noise that nobody can beat."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, escape_html, layout
from cf_core.words import Words


class RunPoint(NamedTuple):
    """A run that has ended: its id and name, how many factors it has, and its RMSEs."""

    run_id: str
    name: str
    n_factors: int
    train_rmse: float
    valid_rmse: float


def error_over_factors(
    runs: Sequence[RunPoint],
    others: Sequence[RunPoint],
    n_planted: int,
    floor: float,
    words: Words,
    selected: str = "",
) -> go.Figure:
    """RMSE over the number of factors: lines through `runs`, which differ in that alone, points for `others`. A dotted
    line marks the planted number, a dashed one the floor. A point that is clicked has its run's id as the last of its
    `customdata`.

    Args:
        floor: the RMSE that nobody can beat on the validation ratings, in the unit of the ratings.
        selected: id of the run that stands out.
    """
    ordered = sorted(runs, key=lambda run: run.n_factors)
    numbers = sorted({n_planted, *(run.n_factors for run in (*runs, *others))})
    figure = go.Figure(
        [
            _line("validation", ordered, [run.valid_rmse for run in ordered], BLUE, "solid", words, selected),
            _line("training", ordered, [run.train_rmse for run in ordered], GREY, "dot", words, selected),
            *([_points(others, words, selected)] if others else []),
        ],
        layout(
            "Error over the number of factors",
            subtitle="left: too few, the truth is missing; right: too many, noise is learnt",
            uirevision=f"{n_planted} {floor}",
            xaxis=axis("factors of the run", type="log", tickvals=numbers, ticktext=[f"{n}" for n in numbers]),
            yaxis=axis(f"RMSE ({words.unit}, lower is better)"),
        ),
    )
    figure.add_hline(
        floor,
        line={"color": ORANGE, "dash": "dash", "width": 1.5},
        annotation={"text": f"noise floor {floor:.3f}", "font": {"color": ORANGE}},
        annotation_position="bottom left",
    )
    figure.add_vline(n_planted, line={"color": ORANGE, "dash": "dot", "width": 1.5})
    figure.add_scatter(x=[n_planted], y=[floor], mode="markers", opacity=0, hoverinfo="skip", showlegend=False)
    figure.add_annotation(
        x=math.log10(n_planted),
        y=1,
        yref="paper",
        yanchor="top",
        xanchor="left",
        showarrow=False,
        xshift=4,
        text=f"planted: {n_planted}",
        font={"color": ORANGE},
    )
    return figure


def _line(
    name: str, runs: Sequence[RunPoint], y: Sequence[float], color: str, dash: str, words: Words, selected: str
) -> go.Scatter:
    return go.Scatter(
        name=name,
        mode="lines+markers",
        x=[run.n_factors for run in runs],
        y=[round(value, 5) for value in y],
        line={"color": color, "dash": dash},
        marker=_marker(runs, color, selected, 9),
        customdata=[_hover_data(run) for run in runs],
        hovertemplate=_hover(name, words),
    )


def _points(runs: Sequence[RunPoint], words: Words, selected: str) -> go.Scatter:
    return go.Scatter(
        name="your other runs, validation",
        mode="markers",
        x=[run.n_factors for run in runs],
        y=[round(run.valid_rmse, 5) for run in runs],
        marker={**_marker(runs, GREY, selected, 8), "symbol": "diamond-open"},
        customdata=[_hover_data(run) for run in runs],
        hovertemplate=_hover("validation", words),
    )


def _marker(runs: Sequence[RunPoint], color: str, selected: str, size: int) -> dict[str, object]:
    is_selected = [run.run_id == selected for run in runs]
    return {
        "color": [ORANGE if one else color for one in is_selected],
        "size": [size + 5 if one else size for one in is_selected],
    }


def _hover_data(run: RunPoint) -> tuple[str, str]:
    return escape_html(run.name), run.run_id


def _hover(part: str, words: Words) -> str:
    return f"<b>%{{customdata[0]}}</b><br>%{{x}} factors<br>{part} RMSE %{{y:.3f}} {words.unit}<extra></extra>"
