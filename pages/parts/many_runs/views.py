"""The charts of many runs, with what there is to choose for each in the sidebar."""

from collections.abc import Mapping

import streamlit as st

from cf_core.charts.many.curves import MOST, validation_curves
from cf_core.runs.experiment import Experiment
from pages.parts.many_runs.keys import SELECTION, Key
from pages.shared import session
from pages.shared.many import views
from pages.shared.plot import plot
from pages.shared.run.metric import choose_metric

N_AXES, MOST_AXES = 6, 10
"""Parallel axes at first, and at most: more could not be read."""


def choose_result(found: Experiment) -> str:
    """What is compared: the RMSE, or another result."""
    return str(st.selectbox("Result", found.results, key=Key.RESULT, persist_state="session"))


def show_scatter(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """A setting against a result."""
    with st.sidebar:
        setting = st.selectbox("Setting", views.by_telling(found), key=Key.SETTING, persist_state="session")
        result = choose_result(found)
    views.show_scatter(found, setting, result, SELECTION, names)


def show_parallel(found: Experiment, chosen: list[str], names: Mapping[str, str]) -> None:
    """All settings at once; a drag along an axis chooses the runs in that range."""
    with st.sidebar:
        result = choose_result(found)
        first = found.telling(N_AXES)
        axes = st.multiselect(
            "Axes", found.settings, first, key=Key.AXES, max_selections=MOST_AXES, persist_state="session"
        )
    views.show_parallel(found, axes, result, SELECTION)


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
    views.show_worth(found, result, SELECTION.prefix)


SHOW = {"Scatter": show_scatter, "Parallel axes": show_parallel, "Curves": show_curves, "What counts": show_worth}
