"""All runs of the workspace as a table, and those that were deleted."""

import pandas as pd
import streamlit as st

from cf_core.runs.run_names import how_it_went, run_names
from cf_core.runs.spec import Run
from pages.parts.runs.keys import Key
from pages.shared import session
from pages.shared.deleted import offer_undo, show_deleted
from pages.shared.messages import attempt, escape_markdown
from pages.shared.table import picking_table


def show_runs(runs: list[Run]) -> None:
    """One row per run, the newest first; a row that is ticked selects its run, and the data set that it is on."""
    shown = _table(runs)
    picking_table(
        shown,
        key="runs_table",
        on_pick=lambda row: _pick(runs[row]),
        name="runs",
        saved=_in_full(shown, runs),
        height=min(38 + 35 * len(runs), 388),
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


def _pick(run: Run) -> None:
    session.select_data_of(run)
    session.select_run(run.run_id)


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


def show_deleted_runs(deleted: list[Run]) -> None:
    """The deleted runs, each with a way back, and one for the last of them."""
    names = run_names(deleted)
    show_deleted({run.run_id: names[run.run_id] for run in deleted}, "run", _restore, "runs")
    offer_undo(names, st.session_state.get(Key.DELETED), _restore, "runs")


def _restore(run_id: str) -> None:
    session.workspace().restore(run_id)
    st.session_state.pop(Key.DELETED, None)
