"""All runs of the workspace as a table, and those that were deleted."""

import pandas as pd
import streamlit as st

from cf_core.runs.run_names import how_it_went, run_names
from cf_core.runs.spec import Run
from pages.parts.runs.keys import Key
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.table import data_table


def show_runs(runs: list[Run]) -> None:
    """One row per run, the newest first; a row that is ticked selects its run, and the data set that it is on."""
    shown = _table(runs)
    data_table(
        shown,
        name="runs",
        saved=_in_full(shown, runs),
        height=min(38 + 35 * len(runs), 388),
        key=f"{Key.TABLE}_{st.session_state.get(Key.TICKED, 0)}",  # another table after each choice, with no row ticked
        selection_mode="single-row",
        on_select=lambda: _select_ticked(runs),
        column_config={
            "run": st.column_config.TextColumn("run", width=250, pinned=True),
            "RMSE": st.column_config.TextColumn(
                "RMSE", width=80, help="In the unit of its ratings; of a run without one, its outcome."
            ),
            "rate": st.column_config.NumberColumn("rate", format="%g", help="Learning rate of the first phase."),
            "decay": st.column_config.NumberColumn("decay", format="%g", help="Weight decay."),
            "note": st.column_config.TextColumn("note", width=150),
        },
    )


def _table(runs: list[Run]) -> pd.DataFrame:
    names, configs = session.run_names(), [run.spec.config for run in runs]
    return pd.DataFrame(
        {
            "run": [names[run.run_id] for run in runs],
            "RMSE": [how_it_went(run) for run in runs],
            **_data(runs),
            "recipe": [config.recipe for config in configs],
            "factors": [config.model.n_factors for config in configs],
            "rate": [config.phases[0].learning_rate for config in configs],
            "decay": [config.weight_decay for config in configs],
            "epochs": [f"{run.n_epochs_done} of {run.spec.config.n_epochs}" for run in runs],
            "seed": [config.seed for config in configs],
            "started": [session.local_time(run.created) for run in runs],
            "note": [run.note for run in runs],
        }
    )


def _in_full(shown: pd.DataFrame, runs: list[Run]) -> pd.DataFrame:
    """What the CSV holds: the runs' ids, too, the RMSE and the outcome apart, and times that sort."""
    rmse = pd.Series([run.rmse for run in runs], shown.index, "float64")
    table = shown.assign(RMSE=rmse, started=[run.created.isoformat() for run in runs])
    table.insert(1, "id", [run.run_id for run in runs])
    table.insert(3, "outcome", [run.outcome for run in runs])
    return table


def _data(runs: list[Run]) -> dict[str, list[str]]:
    """A column that tells the data sets apart, where there are several: errors on different data do not compare."""
    folders = {run.spec.data for run in runs}
    if len(folders) < 2:
        return {}
    called = {folder: session.data_name(folder) for folder in folders}
    return {"data": [called[run.spec.data] for run in runs]}


def _select_ticked(runs: list[Run]) -> None:
    ticked = st.session_state[f"{Key.TABLE}_{st.session_state.get(Key.TICKED, 0)}"]["selection"]["rows"]
    if ticked:
        run = runs[ticked[0]]
        session.select_data_of(run)
        session.select_run(run.run_id)
        st.session_state[Key.TICKED] = st.session_state.get(Key.TICKED, 0) + 1


def show_unreadable(reasons: dict[str, str]) -> None:
    """The runs whose record cannot be read, each with the reason and a button that deletes it."""
    for run_id, reason in reasons.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(escape_markdown(reason), icon=":material/warning:")
            st.button(
                "Delete it",
                key=f"runs_delete_{run_id}",
                icon=":material/delete:",
                on_click=attempt,
                args=(session.workspace().delete, run_id),
            )


def offer_undo(deleted: list[Run]) -> None:
    """A line with a way back, right after a run was deleted; it stays at the foot of the window, wherever the page
    was scrolled to."""
    run = next((run for run in deleted if run.run_id == st.session_state.get(Key.DELETED)), None)
    if run is None:
        return
    name = run_names([run])[run.run_id]
    with st.container(horizontal=True, vertical_alignment="center", key="runs_just_deleted"):
        st.markdown(f":material/delete: Deleted **{escape_markdown(name)}**.", width="content")
        st.button("Undo", key="runs_undo", icon=":material/undo:", on_click=_restore, args=(run.run_id,))


def _restore(run_id: str) -> None:
    attempt(session.workspace().restore, run_id)
    st.session_state.pop(Key.DELETED, None)


def show_deleted(deleted: list[Run]) -> None:
    """The deleted runs, each with a button that restores it."""
    names = run_names(deleted)
    with st.expander(f"Deleted ({len(deleted)})"):
        st.caption("A deleted run can be restored for seven days, or until your runs need its room.")
        for run in deleted:
            left, right = st.columns([4, 1])
            left.write(escape_markdown(names[run.run_id]))
            right.button("Undo", key=f"runs_undo_{run.run_id}", on_click=_restore, args=(run.run_id,))
