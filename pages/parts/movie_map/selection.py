"""The movies selected on the map: what sets them apart from all, their table, and a file of them."""

import base64
import zlib
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.filters import has_genres
from cf_core.data.ratings import Ratings
from cf_core.insight.selection import contrast
from cf_core.words import Words
from pages.parts.movie_map.keys import Key
from pages.shared import address
from pages.shared.messages import escape_markdown
from pages.shared.table import data_table

MAX_IN_ADDRESS = 2_000
"""Characters; a larger selection is lost with a reload."""

LIFT = (
    "Lift is the share among the chosen divided by the share among all: 2 means twice as often, 1 means no difference."
)
COLUMNS: dict[str, Any] = {
    "year": st.column_config.NumberColumn("year", format="%d"),
    "genres": st.column_config.TextColumn("genres"),
    "n_ratings": st.column_config.NumberColumn("ratings", format="localized"),
    "mean_rating": st.column_config.NumberColumn("mean rating", format="%.2f"),
    "bias": st.column_config.NumberColumn("bias", format="%+.2f"),
}
"""How the columns of the movies look in a table, less the title."""


def select_rows(movies: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """Select the movies in those rows, and go to the section about them."""
    st.session_state[Key.SELECTED] = movies["item_id"].iloc[rows].tolist()
    if len(rows):
        st.session_state[Key.SECTION] = "Chosen"


def selected_rows(ratings: Ratings, movies: pd.DataFrame) -> NDArray[np.int64]:
    """The rows of the selected movies that are on the map. The address keeps the selection for a reload."""
    if Key.SELECTED not in st.session_state:
        rows = rows_of_code(st.query_params.get(Key.SELECTED, ""), ratings.n_items)
        st.session_state[Key.SELECTED] = ratings.items.ids[rows].tolist()
    selected = st.session_state[Key.SELECTED]
    known = pd.Index(ratings.items.ids).get_indexer(pd.Index(selected))
    code = code_of_rows(known[known >= 0], ratings.n_items)
    address.keep(Key.SELECTED, code if 0 < len(code) <= MAX_IN_ADDRESS else None)
    return np.flatnonzero(movies["item_id"].isin(selected))


def code_of_rows(rows: NDArray[np.integer[Any]], n: int) -> str:
    """A set of rows, each below `n`, as text for an address; "" for none."""
    is_in = np.zeros(n, dtype=np.bool_)
    is_in[rows] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(is_in).tobytes(), 9)).decode() if len(rows) else ""


def rows_of_code(code: str, n: int) -> NDArray[np.int64]:
    """The rows that `code_of_rows` wrote; none from a text that it did not write for `n` rows."""
    try:
        n_bytes = (n + 7) // 8
        packed = zlib.decompressobj().decompress(base64.urlsafe_b64decode(code), n_bytes) if code else b""
    except (ValueError, zlib.error):
        return np.empty(0, dtype=np.int64)
    if len(packed) != n_bytes:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.unpackbits(np.frombuffer(packed, np.uint8), count=n)).astype(np.int64)


def show_selection(movies: pd.DataFrame, rows: NDArray[np.int64], run_id: str, words: Words) -> None:
    """What sets the selected movies apart, and all of them."""
    if not len(rows):
        st.info(
            f"Take the lasso or the box from the corner of the map and draw around some {words.items}, or tick rows in "
            "Table.",
            icon=":material/lasso_select:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Clear", key="map_clear", on_click=lambda: st.session_state.update({Key.SELECTED: []}))
        st.markdown(f"**{len(rows):,} of {words.count(len(movies))}.**", width="content")
    data_table(
        _what_is_known(movies).iloc[rows],
        column_config=_columns(words),
        key="map_selected_table",
        name=f"{run_id}-{words.items}",
        saved=movies.iloc[rows],
        height=200,
    )
    _show_contrast(movies, rows)


def show_table(movies: pd.DataFrame, coordinates: NDArray[np.float64], names: tuple[str, ...], words: Words) -> None:
    """All movies of the map with their places; rows can be ticked and selected, as with the lasso."""
    table = _what_is_known(movies).assign(**dict(zip(names, coordinates.T, strict=True)))
    st.caption(
        f"The map as a table, for keyboard and screen-reader users. Tick rows, select their {words.items}, then see "
        "Chosen."
    )
    ticked = data_table(
        table,
        column_config=_columns(words),
        key="map_table",
        name="map",
        selection_mode="multi-row",
        on_select="rerun",
    )
    rows = np.array(ticked["selection"]["rows"], dtype=np.int64)
    st.button(
        escape_markdown(f"Select the {len(rows)} ticked {words.items}"),
        key="map_select_ticked",
        disabled=not len(rows),
        on_click=select_rows,
        args=(movies, rows),
    )


def _columns(words: Words) -> dict[str, Any]:
    return {"title": st.column_config.TextColumn(words.item), **COLUMNS}


def _what_is_known(movies: pd.DataFrame) -> pd.DataFrame:
    """The movies without their raw ids, and without a column in which nothing is known of any."""
    empty = {"year": bool(movies["year"].isna().all()), "genres": not has_genres(movies)}
    return movies.drop(columns=["item_id", *(name for name, is_empty in empty.items() if is_empty)])


def _show_contrast(movies: pd.DataFrame, rows: NDArray[np.int64]) -> None:
    """The selected movies beside all: genres, decades, means."""
    against_all = contrast(movies, rows)
    decades = against_all.decades.assign(decade=against_all.decades["decade"].astype(str) + "s")
    for table, name, title in ((against_all.genres, "genre", "Genres"), (decades, "decade", "Decades")):
        if len(table):
            _show_shares(table, name, title)
    st.caption("Means")
    data_table(_in_words(against_all.means), key="map_means", saved=against_all.means)


def _in_words(means: pd.DataFrame) -> pd.DataFrame:
    """The table of means as text: a year has no decimals, a number of ratings one."""
    decimals = {"year": ("{:.0f}", "{:+.0f}"), "number of ratings": ("{:,.1f}", "{:+,.1f}")}
    rows = []
    for of, chosen, everything, difference in means.itertuples(index=False):
        value, change = decimals.get(of, ("{:.2f}", "{:+.2f}"))
        rows.append((of, value.format(chosen), value.format(everything), change.format(difference)))
    return pd.DataFrame(rows, columns=["of", "chosen", "all", "difference"])


def _show_shares(table: pd.DataFrame, name: str, title: str) -> None:
    """A table of `contrast`, with its shares in percent."""
    shown = pd.DataFrame(
        {
            name: table[name],
            "n": table["n_chosen"],
            "chosen": 100 * table["share_chosen"],
            "all": 100 * table["share_all"],
            "lift": table["lift"],
        }
    )
    share = st.column_config.NumberColumn(format="%.0f%%", width=45)
    columns = {
        name: st.column_config.TextColumn(width=70),
        "n": st.column_config.NumberColumn(width=30),
        "chosen": share,
        "all": share,
        "lift": st.column_config.NumberColumn(format="%.2f ×", width=50),
    }
    st.caption(title, help=LIFT)
    data_table(shown, height=215, column_config=columns, key=f"map_shares_{name}")
