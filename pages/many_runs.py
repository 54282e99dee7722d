"""Any number of runs at once: which settings differ, what came of them, and what each setting is worth."""

from typing import get_args

import streamlit as st

from cf_core.runs.experiment import Experiment, experiment
from cf_core.runs.spec import Run
from pages.parts.many_runs import cached
from pages.parts.many_runs.keys import SELECTION, Key, View
from pages.parts.many_runs.table import show_table
from pages.parts.many_runs.views import SHOW
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice

page_header(
    "Many runs",
    "Every run on this data set is a row, a point and a line. What you choose in one view, by a tick, a click or a "
    "drag along an axis, is chosen in all; so you can ask of the good ones what they have in common.",
    "drag along the RMSE axis of *Parallel axes* and see which settings stay.",
)


def chosen_recipes(runs: list[Run]) -> list[Run]:
    """The runs of the recipes that are left in, where there are several."""
    recipes = list(dict.fromkeys(run.spec.config.recipe for run in runs))
    if len(recipes) < 2:
        return runs
    wanted = st.multiselect("Recipes", recipes, key=Key.RECIPES, placeholder="All of them", persist_state="session")
    return [run for run in runs if not wanted or run.spec.config.recipe in wanted]


def rows_of(runs: list[Run]) -> Experiment:
    """The runs as a table."""
    ended = {run.run_id: session.own_run(run.run_id) for run in runs if run.rmse is not None}
    losses = {run_id: cached.train_loss(run_view) for run_id, run_view in ended.items()}
    return experiment(runs, {run_id: loss for run_id, loss in losses.items() if loss is not None})


with st.sidebar:
    found = rows_of(chosen_recipes(session.runs_here()))
if len(found.table) < 2 or not found.settings:
    st.info(
        "It takes two runs on this data set that differ in a setting and have finished an epoch.",
        icon=":material/scatter_plot:",
    )
    st.page_link("pages/train.py", label="Train one", icon=":material/arrow_forward:")
    st.stop()
names = session.run_names()
chosen = SELECTION.runs(set(found.table.index))
view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
left, right = st.columns([5, 4], gap="medium")
with right:
    SELECTION.show(len(found.table), chosen, "runs")
    show_table(found, chosen, names)
with left:
    SHOW[view](found, chosen, names)
