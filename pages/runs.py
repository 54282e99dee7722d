"""The runs of this browser's workspace: names, notes, links to share, downloads, deleting with undo; the
workspace itself."""

import streamlit as st

from cf_core.runs.run_views import OwnRun
from pages.parts.runs.own_workspace import show_workspace
from pages.parts.runs.selected import show_selected
from pages.parts.runs.table import show_deleted_runs, show_runs, show_unreadable
from pages.shared import session
from pages.shared.app_frame import page_header

page_header(
    "Your runs",
    "Every training run that you started is here, with its settings, its curves and its weights, and nobody else sees "
    "it. Give a name and a note to those that taught you something.",
    "name your best run and send a friend its link.",
)
workspace, run_view = session.workspace(), session.selected_run()
runs, deleted = workspace.runs(), workspace.deleted()
show_unreadable(workspace.unreadable())
if runs:
    show_runs(runs)
else:
    st.info("No runs yet.", icon=":material/model_training:")
    st.page_link("pages/train.py", label="Train one", icon=":material/arrow_forward:")
if isinstance(run_view, OwnRun):
    show_selected(run_view.run)
show_deleted_runs(deleted)
show_workspace()
