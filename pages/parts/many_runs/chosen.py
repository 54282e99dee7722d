"""The runs that are chosen, in whichever view: all others follow."""

from collections.abc import Collection, Iterable

import streamlit as st

from pages.parts.many_runs.keys import Key
from pages.shared import address

SEPARATOR = "."
MOST_IN_ADDRESS = 12


def chosen_runs(there: Collection[str]) -> list[str]:
    """The ids of the chosen runs that are there, in the order in which they were chosen. The address keeps a few for a
    reload."""
    if Key.CHOSEN not in st.session_state:
        st.session_state[Key.CHOSEN] = st.query_params.get(Key.CHOSEN, "").split(SEPARATOR)
    chosen = [run_id for run_id in st.session_state[Key.CHOSEN] if run_id in there]
    address.keep(Key.CHOSEN, SEPARATOR.join(chosen) if 0 < len(chosen) <= MOST_IN_ADDRESS else None)
    return chosen


def choose(run_ids: Iterable[str]) -> None:
    """Choose these runs, from a view other than the table, which is to show it. For callbacks."""
    st.session_state[Key.CHOSEN] = [*run_ids]
    st.session_state[Key.CHANGED] = st.session_state.get(Key.CHANGED, 0) + 1


def toggle(run_id: str) -> None:
    """Choose a run as well, or no more. For callbacks."""
    before = st.session_state[Key.CHOSEN]
    choose([each for each in before if each != run_id] if run_id in before else [*before, run_id])


def table_key() -> str:
    """The key of the table: another one whenever another view has chosen, for a table keeps its own ticks."""
    return f"{Key.TABLE}_{st.session_state.get(Key.CHANGED, 0)}"


def take_ticked(ids: list[str]) -> None:
    """Choose the runs whose rows are ticked in the table. For `on_select`."""
    rows = st.session_state[table_key()]["selection"]["rows"]
    st.session_state[Key.CHOSEN] = [ids[row] for row in rows if row < len(ids)]
