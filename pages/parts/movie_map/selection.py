"""The movies selected on the map: what sets them apart from all, their table, and a file of them."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.insight.selection import contrast, csv_of
from pages.parts.movie_map.keys import SELECTED_MOVIES, Key
from pages.shared.messages import escape_markdown

COLUMNS: dict[str, Any] = {
    "title": st.column_config.TextColumn("movie"),
    "year": st.column_config.NumberColumn("year", format="%d"),
    "genres": st.column_config.TextColumn("genres"),
    "n_ratings": st.column_config.NumberColumn("ratings", format="localized"),
    "mean_rating": st.column_config.NumberColumn("mean rating", format="%.2f"),
    "bias": st.column_config.NumberColumn("bias", format="%+.2f"),
}
"""How the columns of the movies look in a table."""


def select_rows(movies: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """Select the movies in those rows, and go to the section about them."""
    st.session_state[Key.SELECTED] = movies["item_id"].iloc[rows].tolist()
    if len(rows):
        st.session_state[Key.SECTION] = SELECTED_MOVIES


def selected_rows(movies: pd.DataFrame) -> NDArray[np.int64]:
    """The rows of the selected movies that are on the map."""
    return np.flatnonzero(movies["item_id"].isin(st.session_state.get(Key.SELECTED, [])))


def show_selection(movies: pd.DataFrame, rows: NDArray[np.int64], run_id: str) -> None:
    """What sets the selected movies apart, and all of them."""
    if not len(rows):
        st.info(
            "Select movies: take the box or the lasso from the corner of the map and draw around them, or tick rows in "
            "the section Table.",
            icon=":material/lasso_select:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows):,} of {len(movies):,} movies.**")
        st.button("Clear selection", key="map_clear", on_click=lambda: st.session_state.pop(Key.SELECTED, None))
        st.download_button(
            "Download these movies (CSV)",
            lambda: csv_of(movies.iloc[rows]),
            f"{run_id}-movies.csv",
            "text/csv",
            key="map_csv",
            on_click="ignore",
        )
    _show_contrast(movies, rows)
    st.dataframe(
        movies.iloc[rows].drop(columns="item_id"), hide_index=True, column_config=COLUMNS, key="map_selected_table"
    )


def show_table(movies: pd.DataFrame, coordinates: NDArray[np.float64], names: tuple[str, ...]) -> None:
    """All movies of the map with their places; rows can be ticked and selected, as with the lasso."""
    table = movies.drop(columns="item_id").assign(**dict(zip(names, coordinates.T, strict=True)))
    st.caption(
        "The map as a table, for keyboard and screen-reader users. Tick rows, select their movies, then see "
        f"{SELECTED_MOVIES}."
    )
    ticked = st.dataframe(
        table, hide_index=True, column_config=COLUMNS, key="map_table", selection_mode="multi-row", on_select="rerun"
    )
    rows = np.array(ticked["selection"]["rows"], dtype=np.int64)
    st.button(
        escape_markdown(f"Select the {len(rows)} ticked movies"),
        key="map_select_ticked",
        disabled=not len(rows),
        on_click=select_rows,
        args=(movies, rows),
    )


def _show_contrast(movies: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """The selected movies beside all: genres, decades, means."""
    against_all = contrast(movies, rows)
    decades = against_all.decades.assign(decade=against_all.decades["decade"].astype(str) + "s")
    left, right = st.columns(2)
    with left:
        _show_shares(against_all.genres, "genre", "Genres")
    with right:
        _show_shares(decades, "decade", "Decades")
    st.caption(
        "Lift is the share among the selected movies divided by the share among all: 2 means twice as often, 1 means "
        "no difference."
    )
    st.caption("Means")
    columns = {
        "chosen": st.column_config.NumberColumn("selected", format="%.2f", width=80),
        "all": st.column_config.NumberColumn(format="%.2f", width=80),
        "difference": st.column_config.NumberColumn(format="%+.2f", width=80),
    }
    st.dataframe(against_all.means, hide_index=True, width="content", column_config=columns, key="map_means")


def _show_shares(table: pd.DataFrame, name: str, title: str) -> None:
    """A table of `contrast`, with its shares in percent."""
    shown = pd.DataFrame(
        {
            name: table[name],
            "n": table["n_chosen"],
            "selected": 100 * table["share_chosen"],
            "all": 100 * table["share_all"],
            "lift": table["lift"],
        }
    )
    share = st.column_config.NumberColumn(format="%.0f%%", width=60)
    columns = {
        "n": st.column_config.NumberColumn(width=40),
        "selected": share,
        "all": share,
        "lift": st.column_config.NumberColumn(format="%.2f ×", width=60),
    }
    st.caption(title)
    st.dataframe(shown, hide_index=True, height=300, column_config=columns, key=f"map_shares_{name}")
