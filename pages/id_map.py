"""From raw id to row and back: why raw ids cannot be rows, the map, and what going without it would cost."""

from typing import Any, Literal

import pandas as pd
import streamlit as st

from cf_core.charts.data.ids import id_gaps
from cf_core.data.id_gaps import gaps, id_table
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, UnknownIdError
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.messages import plain, say_error
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot

Noun = Literal["movie", "user"]
UNITS = ("B", "kB", "MB", "GB", "TB")


def in_bytes(n: float) -> str:
    """A number of bytes in the unit in which it is from 1 to 1,000."""
    for unit in UNITS[:-1]:
        if n < 1_000:
            return f"{n:,.3g} {unit}"
        n /= 1_000
    return f"{n:,.3g} {UNITS[-1]}"


def show_gaps(ids: IdMap, noun: Noun) -> None:
    """The gaps drawn, and the memory that a table indexed by raw id would waste."""
    n_factors = st.slider("Factors", 1, 200, 50, key="n_factors", bind="query-params", help="Numbers a row.")
    try:
        table = id_table(ids, n_factors)
    except ConfigError as error:
        st.info(plain(str(error)), icon=":material/abc:")
        return
    row_of_numbers(
        {
            "Highest raw id": f"{table.highest:,}",
            "Rated movies" if noun == "movie" else "Users": f"{table.n_used:,}",
            "Wasted by raw ids": in_bytes(table.bytes_wasted),
        },
        {"Wasted by raw ids": "Rows that nobody owns, 4 bytes a number."},
    )
    alt = f"{table.n_used:,} of the {table.n_rows:,} numbers up to the highest {noun} id are in use."
    plot(id_gaps(gaps(ids), noun), key=f"gaps_{noun}", alt=alt)
    st.write(
        f"A table whose rows are raw {noun} ids needs {table.n_rows:,} rows of {n_factors} numbers, and "
        f"{table.n_wasted:,} of the rows would have no {noun}: {in_bytes(table.bytes_needed)} to use and "
        f"{in_bytes(table.bytes_wasted)} to waste, in float32. So each {noun} gets the next free row instead, in the "
        "order in which it first appears in the ratings."
    )


def search(ratings: Ratings, ids: IdMap, noun: Noun) -> None:
    """Raw id to row, and row to raw id."""
    left, right = st.columns(2)
    raw = left.text_input(f"Raw {noun} id", str(ids.ids[min(4, len(ids) - 1)]), key=f"raw_{noun}")
    try:
        row = int(ids.index_of([ids.read(raw)])[0])
        left.success(plain(f"The {_named(ratings, ids, noun, row)} is row {row:,} of every table of {noun}s."))
    except UnknownIdError as error:
        with left:
            say_error(error)
    row = right.number_input(f"Row of a table of {noun}s", 0, len(ids) - 1, 0, key=f"row_{noun}")
    right.success(plain(f"Row {row:,} belongs to the {_named(ratings, ids, noun, row)}."))


def show_map(ratings: Ratings, ids: IdMap, noun: Noun) -> None:
    with st.expander(f"The whole map: {len(ids):,} {noun}s", icon=":material/table_rows:"):
        columns: dict[str, Any] = {"raw id": ids.ids, "row": range(len(ids))}
        if noun == "movie":
            columns["title"] = ratings.item_table["title"].to_numpy()
        st.caption("In row order. Click a column to sort by it, or search with the magnifying glass.")
        st.dataframe(pd.DataFrame(columns), hide_index=True)


def _named(ratings: Ratings, ids: IdMap, noun: Noun, row: int) -> str:
    if noun == "user":
        return f"user {ids.ids[row]}"
    return f"movie {ids.ids[row]} ({ratings.item_table['title'].iloc[row]})"


heading(
    "ID map",
    "A table of factors has one row for each movie, and a model finds the row by its number. Raw ids are no such "
    "numbers: they leave gaps, and a row for each of them would be mostly memory that nobody uses.",
    "look at the gaps between the movies' ids, then at those of the users, which have next to none.",
)
ratings = session.ratings()
noun: Noun = st.segmented_control("Ids of", ["movie", "user"], format_func=lambda name: f"{name}s", default="movie",
                                  required=True, key="ids_of", bind="query-params")  # fmt: skip
ids = ratings.items if noun == "movie" else ratings.users
show_gaps(ids, noun)
st.subheader("Look it up, both ways")
search(ratings, ids, noun)
show_map(ratings, ids, noun)
