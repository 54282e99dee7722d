"""The trials of a sweep as they land: the best so far over their number, and their curves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cf_core.charts.curve_axes import epoch_axis
from cf_core.charts.many.scales import INNER_RMSE, clipped_axis, note_on_clipped, result_title
from cf_core.charts.style import BLUE, FADED, GREEN, GREY, ORANGE, PURPLE, axis, escape_html, layout
from cf_core.sweeps.spec import Trial
from cf_core.words import Words

HEIGHT = 430


def sweep_progress(
    trials: Mapping[str, Trial], n_planned: int, chosen: Collection[str], names: Mapping[str, str], words: Words
) -> go.Figure:
    """A point per trial that has ended, at its RMSE on the inner validation rows, and as steps the lowest so far.
    Trials that were given up are grey crosses. A point that is clicked has the run's id as the last of its
    `customdata`.

    Args:
        trials: by the ids of their runs; those without an epoch, or that diverged, have no point.
        n_planned: how many there will be.
        names: of the trials, by id.
    """
    shown = {run_id: trial for run_id, trial in _by_number(trials) if _has_rmse(trial)}
    is_finished = {run_id: trial.state == "finished" for run_id, trial in shown.items()}
    finished = {run_id for run_id in shown if is_finished[run_id]}
    marked, opacity = set(chosen) & shown.keys(), FADED if set(chosen) & shown.keys() else 0.85
    rmses = [_rmse(trial) for trial in shown.values()]
    return go.Figure(
        [
            _points("finished", shown, finished - marked, names, {"color": BLUE, "opacity": opacity}),
            _points("given up", shown, shown.keys() - finished - marked, names, {**CROSS, "opacity": opacity}),
            _points("chosen", shown, marked, names, {"color": ORANGE}),
            _best_so_far([shown[run_id] for run_id in shown if is_finished[run_id]], n_planned),
        ],
        layout(
            "Trials, and the best so far",
            uirevision="progress",
            height=HEIGHT,
            xaxis=axis("trial", range=[0, n_planned + 1], showgrid=False, tickformat="d"),
            yaxis=axis(result_title(INNER_RMSE, words), **clipped_axis(rmses)),
            annotations=note_on_clipped(rmses) if rmses else [_INVITATION],
        ),
    )


CROSS: dict[str, Any] = {"color": GREY, "symbol": "x"}
_INVITATION = {
    "text": "a point for each trial, and a step down for each that beats all before it",
    **{"showarrow": False, "font": {"size": 13}, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.6},
}


def _by_number(trials: Mapping[str, Trial]) -> list[tuple[str, Trial]]:
    return sorted(trials.items(), key=lambda each: each[1].number)


def _has_rmse(trial: Trial) -> bool:
    return trial.state in ("finished", "pruned") and trial.inner_rmse is not None and bool(np.isfinite(_rmse(trial)))


def _rmse(trial: Trial) -> float:
    assert trial.inner_rmse is not None
    return trial.inner_rmse


def _points(
    name: str, shown: Mapping[str, Trial], ids: Collection[str], names: Mapping[str, str], marker: Mapping[str, Any]
) -> go.Scatter:
    rows = {run_id: trial for run_id, trial in shown.items() if run_id in ids}
    return go.Scatter(
        uid=name,
        name=name,
        mode="markers",
        x=[trial.number + 1 for trial in rows.values()],
        y=[round(_rmse(trial), 5) for trial in rows.values()],
        marker={"size": 10, "symbol": "circle", "opacity": 1.0, **marker},
        customdata=[(escape_html(names[run_id]), run_id) for run_id in rows],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{INNER_RMSE} %{{y:.4f}}, {name}<extra></extra>",
        showlegend=bool(rows),
    )


def _best_so_far(finished: Sequence[Trial], n_planned: int) -> go.Scatter:
    """The steps, from the first trial that finished to the last one planned."""
    x = [trial.number + 1 for trial in finished]
    y = np.minimum.accumulate([_rmse(trial) for trial in finished]).round(5).tolist() if finished else []
    return go.Scatter(
        uid="best",
        name="best so far",
        mode="lines",
        x=[*x, max(n_planned, x[-1])] if x else [],
        y=[*y, y[-1]] if x else [],
        line={"color": GREEN, "width": 2, "shape": "hv"},
        hovertemplate="best so far %{y:.4f}<extra></extra>",
        showlegend=bool(x),
    )


def trial_curves(
    trials: Mapping[str, Trial],
    live: Mapping[str, Sequence[float]],
    best: str | None,
    chosen: Collection[str],
    names: Mapping[str, str],
    words: Words,
    n_epochs: int = 1,
) -> go.Figure:
    """The RMSE on the inner validation rows after each epoch of every trial. Those under way are set off, and so are
    the best and the chosen; those that were given up are dotted.

    Args:
        trials: that have ended, by the ids of their runs.
        live: the same of those in training.
        best: the id of the best so far; None where none has finished.
        names: of the trials, by id.
        n_epochs: to which the axis goes at least.
    """
    ended = {run_id: trial for run_id, trial in _by_number(trials) if _has_rmse(trial)}
    curves = {run_id: trial.curve for run_id, trial in ended.items()} | {
        run_id: tuple(curve) for run_id, curve in live.items() if run_id not in ended
    }
    marked = [run_id for run_id in chosen if run_id in curves]
    plain = [run_id for run_id in ended if run_id not in {*marked, best}]
    opacity = FADED if marked else 0.6
    groups: list[tuple[str, list[str], dict[str, Any], float]] = [
        ("finished", [i for i in plain if ended[i].state == "finished"], {"color": BLUE, "width": 1.5}, opacity),
        ("given up", [i for i in plain if ended[i].state != "finished"], {"color": GREY, "dash": "dot"}, opacity),
        ("under way", [i for i in curves if i not in ended and i not in marked], {"color": PURPLE, "width": 2}, 1.0),
        ("best so far", [best] if best in ended and best not in marked else [], {"color": GREEN, "width": 3}, 1.0),
        ("chosen", marked, {"color": ORANGE, "width": 2.5}, 1.0),
    ]
    late = [rmse for curve in curves.values() for rmse in curve[len(curve) // 2 :]]
    return go.Figure(
        [_lines(name, {i: curves[i] for i in ids}, names, line, shade) for name, ids, line, shade in groups],
        layout(
            "Every trial, epoch by epoch",
            uirevision="curves",
            height=HEIGHT,
            xaxis=epoch_axis(max([n_epochs, *map(len, curves.values())])),
            yaxis=axis(result_title(INNER_RMSE, words), **clipped_axis(late)),
        ),
    )


def _lines(
    name: str,
    curves: Mapping[str, Sequence[float]],
    names: Mapping[str, str],
    line: Mapping[str, Any],
    opacity: float,
) -> go.Scatter:
    """Many lines as one, with a gap after each: a figure of five hundred traces would be slow."""
    return go.Scatter(
        uid=name,
        name=name,
        mode="lines+markers",
        x=_with_gaps(range(1, len(curve) + 1) for curve in curves.values()),
        y=_with_gaps((round(rmse, 5) for rmse in curve) for curve in curves.values()),
        customdata=_with_gaps([(escape_html(names[i]), i)] * len(curve) for i, curve in curves.items()),
        line={**line},
        marker={"size": 5},
        opacity=opacity,
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>%{{y:.4f}} after epoch %{{x}}, {name}<extra></extra>",
        showlegend=bool(curves),
    )


def _with_gaps(lines: Iterable[Iterable[Any]]) -> list[Any]:
    return [value for line in lines for value in (*line, None)]
