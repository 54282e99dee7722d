"""The error of runs over their number of factors, with the noise that nobody can beat."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from cf_core.charts.style import BLUE, GREY, ORANGE, axis, escape_html, layout
from cf_core.words import Words

_ROOM = 0.06
"""Beside the first and the last number of factors, in decades."""


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
    planned: Sequence[int],
    n_planted: int,
    floor: float,
    words: Words,
    selected: str = "",
) -> go.Figure:
    """RMSE over the number of factors: lines through `runs`, which differ in that alone, points for `others`. A dotted
    line marks the planted number, a dashed one the floor. A point that is clicked has its run's id as the last of its
    `customdata`.

    Args:
        planned: numbers of factors for which the axis has room, whether or not there is a run.
        floor: the RMSE that nobody can beat on the validation ratings, in the unit of the ratings.
        selected: id of the run that stands out.
    """
    ordered = sorted(runs, key=lambda run: run.n_factors)
    numbers = sorted({n_planted, *planned, *(run.n_factors for run in (*runs, *others))})
    across = [math.log10(numbers[0]) - _ROOM, math.log10(numbers[-1]) + _ROOM]
    up = {} if ordered or others else {"range": [0, 2 * floor or 1]}
    figure = go.Figure(
        [
            _line("validation", ordered, [run.valid_rmse for run in ordered], BLUE, "solid", words),
            _line("training", ordered, [run.train_rmse for run in ordered], GREY, "dot", words),
            _points(others, words),
            _ring([run for run in (*runs, *others) if run.run_id == selected]),
        ],
        layout(
            "Error over the number of factors",
            subtitle="left: too few, the truth is missing; right: too many, noise is learnt",
            uirevision=f"{n_planted} {floor}",
            xaxis=axis(
                "factors of the run", type="log", range=across, tickvals=numbers, ticktext=[f"{n}" for n in numbers]
            ),
            yaxis=axis(f"RMSE ({words.unit}, lower is better)", **up),
        ),
    )
    figure.add_hline(
        floor,
        line={"color": ORANGE, "dash": "dash", "width": 1.5},
        annotation={"text": f"noise floor {floor:.3f}", "font": {"color": ORANGE}},
        annotation_position="bottom left",
    )
    figure.add_vline(n_planted, line={"color": ORANGE, "dash": "dot", "width": 1.5})
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


def _line(name: str, runs: Sequence[RunPoint], y: Sequence[float], color: str, dash: str, words: Words) -> go.Scatter:
    return go.Scatter(
        name=name,
        mode="lines+markers",
        x=[run.n_factors for run in runs],
        y=[round(value, 5) for value in y],
        line={"color": color, "dash": dash},
        marker={"color": color, "size": 10},
        customdata=[_hover_data(run) for run in runs],
        hovertemplate=_hover(name, words),
    )


def _points(runs: Sequence[RunPoint], words: Words) -> go.Scatter:
    return go.Scatter(
        name="your other runs, validation",
        mode="markers",
        x=[run.n_factors for run in runs],
        y=[round(run.valid_rmse, 5) for run in runs],
        marker={"color": GREY, "size": 9, "symbol": "diamond-open"},
        customdata=[_hover_data(run) for run in runs],
        hovertemplate=_hover("validation", words),
        showlegend=bool(runs),
    )


def _ring(selected: Sequence[RunPoint]) -> go.Scatter:
    """Around the run that stands out."""
    return go.Scatter(
        name="the run shown",
        mode="markers",
        x=[run.n_factors for run in selected],
        y=[round(run.valid_rmse, 5) for run in selected],
        marker={"color": ORANGE, "size": 18, "symbol": "circle-open", "line": {"width": 2.5}},
        hoverinfo="skip",
        showlegend=bool(selected),
    )


def _hover_data(run: RunPoint) -> tuple[str, str, str]:
    """Name, number of factors in words, id."""
    return escape_html(run.name), f"{run.n_factors} factor{'' if run.n_factors == 1 else 's'}", run.run_id


def _hover(part: str, words: Words) -> str:
    return f"<b>%{{customdata[0]}}</b><br>%{{customdata[1]}}<br>{part} RMSE %{{y:.3f}} {words.unit}<extra></extra>"
