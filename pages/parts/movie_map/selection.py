"""The movies chosen on the map: what sets them apart from all, their table, and a file of them."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.insight.selection import apart, csv_of
from pages.shared.messages import plain

CHOSEN, SECTION, CHOSEN_SECTION = "map_chosen", "map_section", "Chosen movies"


def keep(movies: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """Remember the movies in those rows, and go to the section about them."""
    st.session_state[CHOSEN] = movies["item_id"].iloc[rows].tolist()
    if len(rows):
        st.session_state[SECTION] = CHOSEN_SECTION


def chosen_rows(movies: pd.DataFrame) -> NDArray[np.int64]:
    """The rows of the chosen movies that are on the map."""
    return np.flatnonzero(movies["item_id"].isin(st.session_state.get(CHOSEN, [])))


def show_selection(movies: pd.DataFrame, rows: NDArray[np.int64], name: str) -> None:
    """What sets the chosen movies apart, and all of them."""
    if not len(rows):
        st.info(
            "Choose movies: take the box or the lasso from the corner of the map and draw around them, or tick rows in "
            "the section Table.",
            icon=":material/lasso_select:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows):,} of {len(movies):,} movies.**")
        st.button("Forget the choice", key="forget", on_click=lambda: st.session_state.pop(CHOSEN, None))
        st.download_button(
            "Download these movies (CSV)",
            lambda: csv_of(movies.iloc[rows]),
            f"{name}-movies.csv",
            "text/csv",
            key="csv",
            on_click="ignore",
        )
    facts = apart(movies, rows)
    left, right = st.columns(2)
    with left:
        _shares(facts.genres, "genre", "Genres")
    with right:
        _shares(facts.decades.assign(decade=facts.decades["decade"].astype(str) + "s"), "decade", "Decades")
    st.caption("Lift is the share among the chosen over the share among all: 2 is twice as often, 1 no difference.")
    st.caption("Means")
    number, signed = (st.column_config.NumberColumn(format=sign, width=80) for sign in ("%.2f", "%+.2f"))
    columns = {"chosen": number, "all": number, "difference": signed}
    st.dataframe(facts.means, hide_index=True, width="content", column_config=columns, key="apart_means")
    st.dataframe(movies.iloc[rows].drop(columns="item_id"), hide_index=True, key="chosen_table")


def show_table(movies: pd.DataFrame, coordinates: NDArray[np.float64], names: tuple[str, ...]) -> None:
    """All movies of the map with their places; ticked rows are chosen, as with the lasso."""
    table = movies.drop(columns="item_id").assign(**dict(zip(names, coordinates.T, strict=True)))
    st.caption("The map as a table, for those who do without it. Tick rows to choose movies, then see Chosen movies.")
    picked = st.dataframe(table, hide_index=True, key="map_table", selection_mode="multi-row", on_select="rerun")
    rows = np.array(picked["selection"]["rows"], dtype=np.int64)
    st.button(
        plain(f"Choose the {len(rows)} ticked movies"),
        key="choose_ticked",
        disabled=not len(rows),
        on_click=keep,
        args=(movies, rows),
    )


def _shares(table: pd.DataFrame, name: str, title: str) -> None:
    percent = {side: 100 * table[f"share_{side}"] for side in ("chosen", "all")}
    shown = pd.DataFrame({name: table[name], "n": table["n_chosen"], **percent, "lift": table["lift"]})
    share = st.column_config.NumberColumn(format="%.0f %%", width=60)
    columns = {"n": st.column_config.NumberColumn(width=40), "chosen": share, "all": share}
    st.caption(title)
    st.dataframe(
        shown,
        hide_index=True,
        height=300,
        column_config={**columns, "lift": st.column_config.NumberColumn(format="%.2f ×", width=60)},
        key=f"apart_{name}",
    )
