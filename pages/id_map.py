"""From raw id to row and back: why raw ids cannot be rows, the map, and what going without it would cost."""

from enum import StrEnum
from typing import Any, Literal, get_args

import pandas as pd
import streamlit as st

from cf_core.charts.data.ids import id_gaps
from cf_core.data.id_gaps import gaps, id_table
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, UnknownIdError
from cf_core.words import Words
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown, show_error
from pages.shared.metrics import metric_row
from pages.shared.plot import plot
from pages.shared.table import data_table

Noun = Literal["movie", "user"]
PICTURE_HEIGHT = 380
UNITS = ("B", "kB", "MB", "GB", "TB")


class Key(StrEnum):
    """What the page keeps in the session, the first two in the address, too; RAW and ROW go with a noun."""

    IDS_OF = "ids_of"
    FACTORS = "n_factors"
    RAW = "raw"
    ROW = "row"


def in_bytes(n: float) -> str:
    """A number of bytes in the unit in which it is from 1 to 1,000."""
    for unit in UNITS[:-1]:
        if n < 1_000:
            return f"{n:,.3g} {unit}"
        n /= 1_000
    return f"{n:,.3g} {UNITS[-1]}"


def show_gaps(ids: IdMap, noun: Noun, n_factors: int, words: Words) -> None:
    """The gaps drawn, and the memory that a table indexed by raw id would waste."""
    called = words.told(noun)
    try:
        table = id_table(ids, n_factors)
    except ConfigError as error:
        st.info(escape_markdown(str(error)), icon=":material/abc:")
        return
    metric_row(
        {
            "Highest raw id": f"{table.highest:,}",
            f"Rated {words.items}" if noun == "movie" else "Users": f"{table.n_used:,}",
            "Wasted by raw ids": in_bytes(table.bytes_wasted),
        },
        {"Wasted by raw ids": words.told(f"Rows without a {noun}, at 4 bytes per number.")},
    )
    alt = f"{table.n_used:,} of the {table.n_rows:,} numbers up to the highest {called} id are in use."
    plot(id_gaps(gaps(ids), called), key=f"gaps_{noun}", alt=alt, height=PICTURE_HEIGHT)
    st.caption(
        f"A table whose rows are raw {called} ids needs {table.n_rows:,} rows of {n_factors} numbers, and "
        f"{table.n_wasted:,} of the rows would have no {called}: {in_bytes(table.bytes_needed)} used and "
        f"{in_bytes(table.bytes_wasted)} wasted, in float32. So each {called} gets the next free row instead, in the "
        "order in which it first appears in the ratings."
    )


def look_up(ratings: Ratings, ids: IdMap, noun: Noun) -> None:
    """Raw id to row, and row to raw id."""
    st.subheader("Look it up, both ways", anchor=False)
    called, many = ratings.words.told(noun), ratings.words.told(f"{noun}s")
    raw = st.text_input(f"Raw {called} id", str(ids.ids[min(4, len(ids) - 1)]), key=f"{Key.RAW}_{noun}")
    try:
        row = int(ids.index_of([ids.read(raw)])[0])
        name = describe(ratings, ids, noun, row)
        st.info(escape_markdown(f"The {name} is row {row:,} of every table of {many}."))
    except UnknownIdError as error:
        show_error(error)
    row = st.number_input(f"Row of a table of {many}", 0, len(ids) - 1, 0, key=f"{Key.ROW}_{noun}")
    st.info(escape_markdown(f"Row {row:,} belongs to the {describe(ratings, ids, noun, row)}."))


def show_map(ratings: Ratings, ids: IdMap, noun: Noun) -> None:
    """All of the map, as a table."""
    with st.expander(ratings.words.told(f"The whole map: {len(ids):,} {noun}s"), icon=":material/table_rows:"):
        columns: dict[str, Any] = {"raw id": ids.ids, "row": range(len(ids))}
        if noun == "movie":
            columns["title"] = ratings.item_table["title"].to_numpy()
        st.caption("In row order. Click a column to sort by it, or search with the magnifying glass.")
        data_table(pd.DataFrame(columns), key=f"id_map_{noun}", name=words.told(f"id-map-{noun}s"))


def describe(ratings: Ratings, ids: IdMap, noun: Noun, row: int) -> str:
    """The user or the movie in that row, by raw id."""
    if noun == "user":
        return f"user {ids.ids[row]}"
    return f"{ratings.words.item} {ids.ids[row]} ({ratings.item_table['title'].iloc[row]})"


page_header(
    "ID map",
    "A table of factors has one row per movie, and a model finds the row by its number. Raw ids cannot serve as row "
    "numbers: they leave gaps, and a table with a row for each number would be mostly memory that nobody uses.",
    "look at the gaps between the movies' ids, then at those of the users.",
)
ratings = session.ratings()
words = ratings.words
with st.sidebar:
    noun: Noun = choice(
        "Ids of", get_args(Noun), key=Key.IDS_OF, format_func=lambda name: words.told(f"{name}s"), in_address=True
    )
    n_factors = st.slider("Factors", 1, 200, 50, key=Key.FACTORS, bind="query-params", help="Numbers per row.")
ids = ratings.items if noun == "movie" else ratings.users
left, right = st.columns([2, 1], gap="medium")
with left:
    show_gaps(ids, noun, n_factors, words)
with right:
    look_up(ratings, ids, noun)
show_map(ratings, ids, noun)
