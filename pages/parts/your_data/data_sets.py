"""The data sets that this visitor may choose, and how their own are deleted and restored."""

from functools import partial

import pandas as pd
import streamlit as st

from cf_core.exports.data_set import zip_of_data_set
from cf_core.runs.data_set import DataSet
from pages.parts.your_data.keys import Key
from pages.shared import server, session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.table import data_table


def show_data_sets() -> None:
    """All of them, the selected one ticked; of the workspace's own, what can be done with the selected one."""
    own, deleted = session.workspace().data_sets.all(), session.workspace().data_sets.deleted()
    st.subheader("Data sets", anchor=False)
    _show_table(own)
    selected = session.own_data_set(session.data_folder())
    if selected is not None:
        _offer_what_can_be_done(selected)
    if deleted:
        _show_deleted(deleted)
        _offer_undo(deleted)


def _show_table(own: list[DataSet]) -> None:
    ids = [*server.data_folders(), *(data_set.data_id for data_set in own)]
    data_table(
        _table(own),
        name="data-sets",
        height=min(38 + 35 * len(ids), 248),
        key=f"{Key.TABLE}_{st.session_state.get(Key.TICKED, 0)}",  # another table after each choice, with no row ticked
        placeholder="–",
        selection_mode="single-row",
        on_select=lambda: _select_ticked(ids),
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
    folders, n_runs = [*lab.values(), *(str(one.folder) for one in own)], _runs_by_folder()
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


def _select_ticked(ids: list[str]) -> None:
    n_ticked = st.session_state.get(Key.TICKED, 0)
    ticked = st.session_state[f"{Key.TABLE}_{n_ticked}"]["selection"]["rows"]
    if ticked:
        session.select_data(ids[ticked[0]])
        st.session_state[Key.TICKED] = n_ticked + 1


def _offer_what_can_be_done(data_set: DataSet) -> None:
    """For the selected one, where it is the workspace's: to download it, and to delete it."""
    n_runs = _runs_by_folder().get(str(data_set.folder), 0)
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


def _show_deleted(deleted: list[DataSet]) -> None:
    with st.expander(f"Deleted ({len(deleted)})"):
        st.caption("A deleted data set can be restored for seven days, or until your runs need its room.")
        for one in deleted:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape_markdown(one.name), width="stretch")
                st.button("Undo", key=f"your_data_undo_{one.data_id}", on_click=attempt, args=(_restore, one))


def _offer_undo(deleted: list[DataSet]) -> None:
    """A line with a way back, right after a data set was deleted; it stays at the foot of the window."""
    one = next((one for one in deleted if one.data_id == st.session_state.get(Key.DELETED)), None)
    if one is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="your_data_just_deleted"):
            st.markdown(f":material/delete: Deleted **{escape_markdown(one.name)}**.", width="content")
            st.button("Undo", key="your_data_undo", icon=":material/undo:", on_click=attempt, args=(_restore, one))


def _restore(data_set: DataSet) -> None:
    session.workspace().data_sets.restore(data_set.data_id)
    session.select_data(data_set.data_id)
    st.session_state.pop(Key.DELETED, None)
