"""Many runs as lines over parallel axes, one for each setting: what do the good ones have in common?"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.many.scales import is_log, on_scale, reach
from cf_core.charts.style import GREY, SEQUENTIAL, colorscale, escape_html, layout

HEIGHT = 430
FEW = 8
"""An axis with so many different numbers has a mark at each."""

Ranges = Sequence[Sequence[Sequence[float]] | None]
"""For each axis the ranges that are brushed, in the axis's own numbers; None for one that is not."""


def parallel_runs(
    table: pd.DataFrame, settings: Sequence[str], result: str, given_up: Collection[str] = ()
) -> go.Figure:
    """A line per run over the axes of its settings and, last, its result, which also gives its colour. Runs without a
    setting stand at the foot of its axis.

    Args:
        table: see `Experiment`.
        given_up: ids of trials that were given up: grey lines, for their result is of fewer epochs.
    """
    columns = [*settings, result]
    line = {**_colors(table[result], table.index.isin(list(given_up))), "showscale": False}
    dimensions = [_dimension(table[name], name) for name in columns]
    return go.Figure(
        go.Parcoords(
            line=line,
            dimensions=dimensions,
            unselected={"line": {"color": GREY, "opacity": 0.25}},
            uid="runs",
            labelangle=-12,
            labelside="bottom",
        ),
        layout(
            f"Settings and {result} of each run",
            subtitle="drag along an axis to keep the runs in that range; click it to let them all in again",
            uirevision=" ".join(columns),
            height=HEIGHT,
            margin={"l": 60, "r": 60, "t": 70, "b": 60},
        ),
    )


def _colors(results: "pd.Series[float]", is_grey: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """The colour of each line by its result. Grey is the lowest tenth of a scale that begins that far below the others,
    since a line has its colour from the scale alone."""
    scale, others = colorscale(SEQUENTIAL), results[~is_grey].tolist()
    low, high = (min(others), reach(others)) if others else (0.0, 1.0)
    if not is_grey.any():
        return {"color": results.tolist(), "colorscale": scale, "cmin": low, "cmax": high}
    below = low - ((high - low) or 1.0) / 9
    colors = [[0.0, GREY], [0.1, GREY], *([0.1 + 0.9 * at, color] for at, color in scale)]
    return {"color": results.where(~is_grey, below).tolist(), "colorscale": colors, "cmin": below, "cmax": high}


def within(table: pd.DataFrame, settings: Sequence[str], result: str, ranges: Ranges) -> list[str]:
    """The ids of the runs that lie within all ranges that are brushed, in the table's order; none where none is."""
    inside = np.ones(len(table), dtype=bool)
    if not any(ranges):
        return []
    for name, brushed in zip([*settings, result], ranges, strict=True):
        if brushed:
            at = positions(table[name]).to_numpy()
            inside &= np.any([(at >= low) & (at <= high) for low, high in brushed], axis=0)
    return [str(run_id) for run_id in table.index[inside]]


def positions(values: "pd.Series[Any]") -> "pd.Series[float]":
    """Where each run stands on an axis: its number or logarithm, the place of its name in the alphabet; below all
    others where it has none."""
    if pd.api.types.is_numeric_dtype(values):
        at = on_scale(values.astype(float))
    else:
        at = pd.Series(pd.Categorical(values).codes, values.index).astype(float).replace(-1.0, np.nan)
    low, high = at.min(), at.max()
    return at.fillna(low - ((high - low) / 10 or 1.0))


def _dimension(values: "pd.Series[Any]", name: str) -> dict[str, Any]:
    """One axis. A brush snaps from mark to mark where there are marks of our own: right for names and for a few
    numbers, wrong for many, whose logarithms are therefore called so."""
    at, label, known = positions(values), escape_html(name), values.dropna()
    is_number = pd.api.types.is_numeric_dtype(values)
    if is_number and known.nunique() > FEW:
        scale = "log₁₀ " if is_log(values) else ""
        return {
            "label": f"{scale}{label}{' (foot: none)' if values.isna().any() else ''}",
            "values": at.tolist(),
            "tickformat": ".4~g",
        }
    first = known.drop_duplicates().sort_values()
    texts = [f"{value:.4g}" if is_number else escape_html(value) for value in first]
    marks = at[first.index].tolist()
    if values.isna().any():
        marks, texts = [float(at.min()), *marks], ["none", *texts]
    return {"label": label, "values": at.tolist(), "tickvals": marks, "ticktext": texts}
