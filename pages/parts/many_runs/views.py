"""The charts of many runs, each of which chooses for all."""

from collections.abc import Mapping

import streamlit as st

from cf_core.charts.many.curves import MOST, validation_curves
from cf_core.charts.many.parallel import parallel_runs, within
from cf_core.charts.many.scatter import setting_against_result
from cf_core.charts.many.worth import worth_of_settings
from cf_core.errors import TooFewError
from cf_core.insight.importance import FEWEST
from cf_core.runs.experiment import Experiment
from pages.parts.many_runs import cached
from pages.parts.many_runs.chosen import choose, toggle
from pages.parts.many_runs.keys import Key
from pages.shared import session
from pages.shared.plot import Click, plot
from pages.shared.run.metric import choose_metric

N_AXES, MOST_AXES = 6, 10
"""Parallel axes at first, and at most: more could not be read."""


def choose_result(found: Experiment) -> str:
    """What is compared: the RMSE, or another result."""
    return str(st.selectbox("Result", found.results, key=Key.RESULT, persist_state="session"))


def show_scatter(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """A setting against a result."""
    with st.sidebar:
        settings = [*found.telling(1), *(name for name in found.settings if name not in found.telling(1))]
        setting = st.selectbox("Setting", settings, key=Key.SETTING, persist_state="session")
        result = choose_result(found)
    figure = setting_against_result(found.table, setting, result, chosen, names, session.words())
    best = str(found.table[result].idxmin())
    alt = f"{len(found.table)} runs. The lowest {result} is {found.table[result].min():.4g}, of {names[best]}."
    plot(figure, key="many_scatter", alt=alt, on_click=_on_click)


def _on_click(click: Click) -> None:
    if isinstance(click.customdata, list) and click.customdata and isinstance(click.customdata[-1], str):
        toggle(click.customdata[-1])


def show_parallel(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """All settings at once; a drag along an axis chooses the runs in that range."""
    with st.sidebar:
        result = choose_result(found)
        first = found.telling(N_AXES)
        axes = st.multiselect(
            "Axes", found.settings, first, key=Key.AXES, max_selections=MOST_AXES, persist_state="session"
        )
    table = found.table.dropna(subset=[result])
    figure = parallel_runs(table, axes, result)
    alt = f"{len(table)} runs over {len(axes)} settings and their {result}; {len(chosen)} are chosen."
    plot(figure, key="many_parallel", alt=alt, on_brush=lambda ranges: choose(within(table, axes, result, ranges)))


def show_curves(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """The validation losses of the chosen runs, or of the best where none is chosen."""
    with st.sidebar:
        metric = choose_metric()
    shown = chosen or found.table["RMSE"].nsmallest(3).index.tolist()
    histories = {names[run_id]: session.own_run(run_id).history_now() for run_id in shown[:MOST]}
    told = f"the first {MOST} of {len(shown)} chosen runs" if len(shown) > MOST else f"{len(shown)} runs"
    rmse = found.table["RMSE"]
    ends = "; ".join(f"{name}: {rmse[run_id]:.4f}" for name, run_id in zip(histories, shown, strict=False))
    plot(validation_curves(histories, metric, session.words()), key="many_curves", alt=f"{told}. RMSE {ends}.")
    if not chosen:
        st.caption("The three best, because none is chosen.")
    elif len(shown) > MOST:
        st.caption(f"{told[0].upper() + told[1:]}: more lines could not be told apart.")


def show_worth(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """What each setting is worth, and how sure that is."""
    with st.sidebar:
        result = choose_result(found)
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
    plot(worth_of_settings(importances, result), key="many_worth", alt=f"Share of the variance of {result}: {told}.")
    st.caption(
        "From these runs alone: a setting that was hardly varied, or always together with another one, can count for "
        "more than it shows here."
    )


SHOW = {"Scatter": show_scatter, "Parallel axes": show_parallel, "Curves": show_curves, "What counts": show_worth}
