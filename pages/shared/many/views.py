"""The charts of many runs, each of which chooses for all."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from cf_core.charts.many.parallel import parallel_runs, within
from cf_core.charts.many.scatter import setting_against_result
from cf_core.charts.many.worth import worth_of_settings
from cf_core.errors import TooFewError
from cf_core.insight.importance import FEWEST
from cf_core.runs.experiment import Experiment
from pages.shared import session
from pages.shared.many import cached
from pages.shared.many.selection import Selection
from pages.shared.plot import Click, plot


def by_telling(found: Experiment) -> list[str]:
    """All settings, the most telling one first."""
    first = found.telling(1)
    return [*first, *(name for name in found.settings if name not in first)]


def show_scatter(
    found: Experiment,
    setting: str,
    result: str,
    selection: Selection,
    names: Mapping[str, str],
    given_up: Collection[str] = (),
) -> None:
    """A setting against a result; a click chooses a run as well.

    Args:
        given_up: ids of trials that were given up, which are drawn as such.
    """
    chosen = selection.runs(set(found.table.index))
    figure = setting_against_result(found.table, setting, result, chosen, names, session.words(), given_up)
    ended = found.table[result].drop(list(given_up), errors="ignore")
    best = f" The lowest {result} is {ended.min():.4g}, of {names[str(ended.idxmin())]}." if len(ended) else ""
    alt = f"{len(found.table)} runs.{best}"
    plot(figure, key=f"{selection.prefix}_scatter", alt=alt, on_click=lambda click: toggle_clicked(selection, click))


def toggle_clicked(selection: Selection, click: Click) -> None:
    """Choose the run of the point that was clicked as well, or no more: its id is the last of the `customdata`."""
    if isinstance(click.customdata, list) and click.customdata and isinstance(click.customdata[-1], str):
        selection.toggle(click.customdata[-1])


def show_parallel(
    found: Experiment, axes: Sequence[str], result: str, selection: Selection, given_up: Collection[str] = ()
) -> None:
    """All settings at once; a drag along an axis chooses the runs in that range."""
    table = found.table.dropna(subset=[result])
    chosen = selection.runs(set(table.index))
    figure = parallel_runs(table, axes, result, given_up)
    alt = f"{len(table)} runs over {len(axes)} settings and their {result}; {len(chosen)} are chosen."
    plot(
        figure,
        key=f"{selection.prefix}_parallel",
        alt=alt,
        on_brush=lambda ranges: selection.choose(within(table, axes, result, ranges)),
    )


def show_worth(found: Experiment, result: str, prefix: str) -> None:
    """What each setting is worth, and how sure that is.

    Args:
        prefix: begins the key of the plot.
    """
    known = found.table.dropna(subset=[result])
    try:
        importances = cached.worth(known[list(found.settings)], known[result])
    except TooFewError:
        st.info(
            f"What counts shows from {FEWEST} runs on that differ; there are {len(known)}. With fewer, chance looks "
            "like a reason.",
            icon=":material/query_stats:",
        )
        return
    told = "; ".join(f"{one.setting} {one.share:.0%}" for one in importances[:3])
    plot(
        worth_of_settings(importances, result), key=f"{prefix}_worth", alt=f"Share of the variance of {result}: {told}."
    )
    st.caption(
        "From these runs alone: a setting that was hardly varied, or always together with another one, can count for "
        "more than it shows here."
    )
