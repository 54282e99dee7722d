"""The charts of a sweep, each of which chooses for all, and keeps pace with the trials."""

from typing import get_args

import streamlit as st

from cf_core.charts.many.trials import sweep_progress, trial_curves
from cf_core.runs.experiment import INNER_RMSE
from pages.parts.sweep.found import Found
from pages.parts.sweep.keys import SELECTION, Key, View
from pages.shared import session
from pages.shared.choice import choice
from pages.shared.many import views
from pages.shared.plot import plot


def choose_view(found: Found) -> tuple[View, str]:
    """Which chart, and of a scatter the setting."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sweep_view_row"):
        view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
        setting = ""
        if view == "Scatter":
            setting = st.selectbox(
                "Setting",
                found.experiment.settings,
                key=Key.SETTING,
                width=170,
                label_visibility="collapsed",
                persist_state="session",
            )
    return view, setting


def show_view(view: View, setting: str, found: Found) -> None:
    """The chart."""
    if view == "Progress":
        _show_progress(found)
    elif view == "Curves":
        _show_curves(found)
    elif not len(found.experiment.table):
        st.info("Its points are here as soon as a trial has ended.", icon=":material/scatter_plot:")
    elif view == "Scatter":
        views.show_scatter(found.experiment, setting, INNER_RMSE, SELECTION, found.names, found.given_up)
    elif view == "Parallel axes":
        views.show_parallel(found.experiment, found.experiment.settings, INNER_RMSE, SELECTION, found.given_up)
    else:
        views.show_worth(found.finished, INNER_RMSE, SELECTION.prefix)


def show_empty(n_planned: int) -> None:
    """The axes in which the first sweep will grow."""
    figure = sweep_progress({}, n_planned, [], {}, session.words())
    plot(figure, key="sweep_progress", alt="Empty axes: a point will be here for each trial.")


def _show_progress(found: Found) -> None:
    progress = found.progress
    chosen = SELECTION.runs(found.trials)
    figure = sweep_progress(found.trials, progress.n_planned, chosen, found.names, session.words())
    best = "" if progress.best is None else f" The best so far: {progress.best.inner_rmse:.4f}."
    alt = f"{len(found.trials)} of {progress.n_planned} trials have ended, {len(found.given_up)} given up.{best}"
    plot(figure, key="sweep_progress", alt=alt, on_click=lambda click: views.toggle_clicked(SELECTION, click))


def _show_curves(found: Found) -> None:
    progress = found.progress
    chosen = SELECTION.runs(found.names)
    n_epochs = max((run.spec.config.n_epochs for run in progress.runs), default=1)
    figure = trial_curves(
        found.trials, progress.live, progress.best_run_id, chosen, found.names, session.words(), n_epochs
    )
    alt = f"{len(found.trials)} curves of trials that have ended, {len(progress.live)} of trials under way."
    plot(figure, key="sweep_curves", alt=alt, on_click=lambda click: views.toggle_clicked(SELECTION, click))
