"""All runs of the workspace as a table, and those that were deleted."""

import pandas as pd
import streamlit as st

from cf_core.runs.spec import Run
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown


def show_runs(runs: list[Run]) -> None:
    """One row per run, the newest first."""
    frame = pd.DataFrame(
        {
            "name": [run.name or run.run_id for run in runs],
            "recipe": [run.spec.config.recipe for run in runs],
            "started": [session.local_time(run.created) for run in runs],
            "outcome": ["in training" if run.unfinished else run.outcome for run in runs],
            "epochs": [f"{run.n_epochs_done} of {run.spec.config.n_epochs}" for run in runs],
            "RMSE": [run.rmse for run in runs],
            "note": [run.note for run in runs],
        }
    )
    rmse = st.column_config.NumberColumn("RMSE, stars", format="%.3f")
    st.dataframe(frame, hide_index=True, column_config={"RMSE": rmse})


def show_deleted(deleted: list[Run]) -> None:
    """The deleted runs, each with a button that restores it."""
    workspace = session.workspace()
    with st.expander(f"Deleted ({len(deleted)})"):
        st.caption("A deleted run can be restored for seven days.")
        for run in deleted:
            left, right = st.columns([4, 1])
            left.write(escape_markdown(session.run_label(run)))
            right.button("Undo", key=f"runs_undo_{run.run_id}", on_click=attempt, args=(workspace.restore, run.run_id))
