"""A setting of many runs against what came of them."""

from collections.abc import Collection, Mapping

import pandas as pd
import plotly.graph_objects as go

from cf_core.charts.many.scales import INNER_RMSE, clipped_axis, is_log, note_on_clipped, result_title
from cf_core.charts.style import BLUE, FADED, GREY, ORANGE, axis, escape_html, layout
from cf_core.words import Words

HEIGHT = 430


def setting_against_result(
    table: pd.DataFrame,
    setting: str,
    result: str,
    chosen: Collection[str],
    names: Mapping[str, str],
    words: Words,
    given_up: Collection[str] = (),
) -> go.Figure:
    """A point per run, the chosen ones in orange. A point that is clicked has the run's id as the last of its
    `customdata`.

    Args:
        table: see `Experiment`; the index has the runs' ids.
        chosen: ids of runs; where there are none, no point is faded.
        names: of the runs, by id.
        given_up: ids of trials that were given up: grey crosses, for their result is of fewer epochs.
    """
    shown = table.dropna(subset=[setting, result])
    is_chosen, is_given_up = shown.index.isin(list(chosen)), shown.index.isin(list(given_up))
    others, rest = shown[~is_chosen & ~is_given_up], shown[~is_chosen & is_given_up]
    title, opacity = result_title(result, words), FADED if is_chosen.any() else 0.85
    values = shown[result].tolist() if result == INNER_RMSE else []
    figure = go.Figure(
        [
            _points("runs", others, setting, result, BLUE, opacity, names),
            _points("chosen", shown[is_chosen], setting, result, ORANGE, 1.0, names),
            *([_points("given up", rest, setting, result, GREY, opacity, names, "x")] if len(rest) else []),
        ],
        layout(
            f"{result} by {setting}",
            uirevision=f"{setting} {result}",
            height=HEIGHT,
            xaxis=axis(setting, **_scale(shown[setting])),
            yaxis=axis(title, **(clipped_axis(values) if values else {})),
            annotations=note_on_clipped(values),
        ),
    )
    return figure


def _scale(values: "pd.Series[float]") -> dict[str, object]:
    if not pd.api.types.is_numeric_dtype(values):
        return {"type": "category", "categoryorder": "category ascending"}
    return {"type": "log"} if is_log(values) else {}


def _points(
    name: str,
    rows: pd.DataFrame,
    x: str,
    y: str,
    color: str,
    opacity: float,
    names: Mapping[str, str],
    symbol: str = "circle",
) -> go.Scatter:
    return go.Scatter(
        uid=name,
        name=name,
        mode="markers",
        x=rows[x].tolist(),
        y=[round(value, 5) for value in rows[y]],
        marker={"color": color, "size": 10, "opacity": opacity, "symbol": symbol},
        customdata=[(escape_html(names[run_id]), run_id) for run_id in rows.index],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{escape_html(x)}: %{{x}}<br>{y}: %{{y:.4~f}}<extra></extra>",
        showlegend=bool(len(rows)),
    )
