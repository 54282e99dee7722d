"""The data sets that this visitor may choose, and how their own are deleted and restored."""

from functools import partial

import pandas as pd
import streamlit as st

from cf_core.exports.data_set import zip_of_data_set
from cf_core.runs.data_set import DataSet
from pages.parts.your_data.keys import Key
from pages.shared import server, session
from pages.shared.deleted import offer_undo, show_deleted
from pages.shared.messages import attempt, escape_markdown
from pages.shared.table import picking_table


def show_data_sets() -> None:
    """All of them, what can be done with the selected one where it is the workspace's, and those that were deleted."""
    own = session.workspace().data_sets.all()
    st.subheader("Data sets", anchor=False)
    _show_table(own)
    selected = session.own_data_set(session.data_folder())
    if selected is not None:
        _offer_what_can_be_done(selected)
    deleted = {one.data_id: one.name for one in session.workspace().data_sets.deleted()}
    show_deleted(deleted, "data set", _restore, "your_data")
    offer_undo(deleted, st.session_state.get(Key.DELETED), _restore, "your_data")


def _show_table(own: list[DataSet]) -> None:
    ids = [*server.data_folders(), *(data_set.data_id for data_set in own)]
    picking_table(
        _table(own),
        key="your_data_table",
        on_pick=lambda row: session.select_data(ids[row]),
        name="data-sets",
        height=min(38 + 35 * len(ids), 248),
        placeholder="–",
        column_config={
            "data set": st.column_config.TextColumn("data set", pinned=True),
            "ratings": st.column_config.NumberColumn("ratings", format="localized"),
            "size": st.column_config.NumberColumn("size", format="bytes", help="On the server's disk."),
            "runs": st.column_config.NumberColumn("runs", help="Your runs on it."),
        },
    )
    st.caption("Tick one to select it for all pages." if own else "Yours will be listed here, and seen by nobody else.")


def _table(own: list[DataSet]) -> pd.DataFrame:
    lab = server.data_folders()
    folders, n_runs = [*lab.values(), *(one.folder for one in own)], _runs_by_folder()
    unknown = [None] * len(lab)
    return pd.DataFrame(
        {
            "data set": [session.data_name(folder) for folder in folders],
            "ratings": pd.array([*unknown, *(one.n_ratings for one in own)], dtype="Int64"),
            "size": pd.array([*unknown, *(one.n_bytes for one in own)], dtype="Int64"),
            "runs": [n_runs.get(folder, 0) for folder in folders],
        }
    )


def _runs_by_folder() -> dict[str, int]:
    counts: dict[str, int] = {}
    for run in session.workspace().runs():
        counts[run.spec.data] = counts.get(run.spec.data, 0) + 1
    return counts


def _offer_what_can_be_done(data_set: DataSet) -> None:
    """For the selected one, where it is the workspace's: to download it, and to delete it."""
    n_runs = _runs_by_folder().get(data_set.folder, 0)
    runs = f" Your {n_runs} runs on it" if n_runs > 1 else " Your run on it" if n_runs else ""
    with st.container(horizontal=True):
        st.download_button(
            "Download",
            partial(zip_of_data_set, data_set),
            f"{data_set.folder_name}.zip",
            "application/zip",
            key="your_data_download",
            icon=":material/download:",
            on_click="ignore",
            help="The folder that the script and the notebook of a run read.",
        )
        st.button(
            f"Delete {escape_markdown(data_set.name)}",
            key="your_data_delete",
            icon=":material/delete:",
            help=f"It can be restored for seven days.{runs and runs + ' can be shown only while it is there.'}",
            on_click=attempt,
            args=(_delete, data_set),
        )


def _delete(data_set: DataSet) -> None:
    session.workspace().data_sets.delete(data_set.data_id)
    st.session_state[Key.DELETED] = data_set.data_id


def _restore(data_id: str) -> None:
    session.workspace().data_sets.restore(data_id)
    session.select_data(data_id)
    st.session_state.pop(Key.DELETED, None)
