"""The runs that are chosen on a page with many, in whichever view: all others follow."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import streamlit as st

from pages.shared import address

SEPARATOR = "."
MOST_IN_ADDRESS = 12


@dataclass(frozen=True)
class Selection:
    """What is chosen on one page, whose `prefix` begins the session keys, that of the address among them."""

    prefix: str

    @property
    def key(self) -> str:
        """The session key of the ids of the chosen runs, and their name in the address."""
        return f"{self.prefix}_chosen"

    @property
    def table_key(self) -> str:
        """The key of the table: another one whenever another view has chosen, for a table keeps its own ticks."""
        return f"{self.prefix}_table_{st.session_state.get(self._changed, 0)}"

    @property
    def _changed(self) -> str:
        """The session key that counts how often another view than the table has chosen."""
        return f"{self.prefix}_changed"

    def runs(self, there: Collection[str]) -> list[str]:
        """The ids of the chosen runs that are there, in the order in which they were chosen. The address keeps a few
        for a reload."""
        if self.key not in st.session_state:
            st.session_state[self.key] = st.query_params.get(self.key, "").split(SEPARATOR)
        chosen = [run_id for run_id in st.session_state[self.key] if run_id in there]
        address.keep(self.key, SEPARATOR.join(chosen) if 0 < len(chosen) <= MOST_IN_ADDRESS else None)
        return chosen

    def choose(self, run_ids: Iterable[str]) -> None:
        """Choose these runs, from a view other than the table, which is to show it. For callbacks."""
        st.session_state[self.key] = [*run_ids]
        st.session_state[self._changed] = st.session_state.get(self._changed, 0) + 1

    def toggle(self, run_id: str) -> None:
        """Choose a run as well, or no more. For callbacks."""
        before = st.session_state[self.key]
        self.choose([each for each in before if each != run_id] if run_id in before else [*before, run_id])

    def take_ticked(self, ids: list[str]) -> None:
        """Choose the runs whose rows are ticked in the table. For `on_select`."""
        rows = st.session_state[self.table_key]["selection"]["rows"]
        st.session_state[self.key] = [ids[row] for row in rows if row < len(ids)]

    def show(self, n: int, chosen: Collection[str], what: str) -> None:
        """How many of `n` runs are chosen, and a way to choose none; `what` is the noun for many of them."""
        with st.container(horizontal=True, vertical_alignment="center", key=f"{self.prefix}_chosen_row"):
            told = f"**{len(chosen)}** of {n} {what} chosen" if chosen else f"{n} {what}, none chosen"
            st.markdown(told, width="stretch")
            st.button(
                "Choose none",
                key=f"{self.prefix}_none",
                type="tertiary",
                icon=":material/close:",
                disabled=not chosen,
                on_click=self.choose,
                args=([],),
            )
