"""Tables that can be saved: each has a button above its right corner that gives the CSV of what it shows. The button
takes no room, and is seen while the table is pointed at or has the focus; page.css lays it there."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from cf_core.spreadsheet import csv_of

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

INDEX = "_index"
"""What the index is called among the columns of a table."""


def data_table(
    data: "pd.DataFrame | Styler",
    *,
    key: str,
    name: str | None = None,
    saved: pd.DataFrame | None = None,
    hide_index: bool = True,
    column_order: Sequence[str] | None = None,
    column_config: Mapping[str, Any] | None = None,
    **options: Any,
) -> Any:
    """`st.dataframe`, to which all other options go, with the button.

    Args:
        key: of the table.
        name: of the file, without its ending; the key with dashes where none is given.
        saved: what the file holds where that is more than the table shows: numbers in place of text, the ids.

    Returns:
        What `st.dataframe` returns.
    """
    with st.container(gap=None, key=f"saved_{key}"):
        returned = st.dataframe(
            data, hide_index=hide_index, column_order=column_order, column_config=column_config, key=key, **options
        )
        if saved is not None:
            _offer(partial(csv_of, saved), key, name)
        else:
            _offer(partial(csv_of_shown, data, column_order, column_config, hide_index), key, name)
    return returned


def picking_table(data: "pd.DataFrame", *, key: str, on_pick: Callable[[int], object], **options: Any) -> None:
    """A table of which a tick picks a row. After each, another table takes its place, in which no row is ticked.

    Args:
        on_pick: called with the number of the row.
    """
    counter = f"{key}_picked"
    table_key = f"{key}_{st.session_state.get(counter, 0)}"

    def pick() -> None:
        rows = st.session_state[table_key]["selection"]["rows"]
        if rows:
            on_pick(rows[0])
            st.session_state[counter] = st.session_state.get(counter, 0) + 1

    data_table(data, key=table_key, selection_mode="single-row", on_select=pick, **options)


def static_table(data: pd.DataFrame, *, key: str, saved: pd.DataFrame, name: str | None = None) -> None:
    """`st.table`, which is all text, with the button; `saved` is what the file holds."""
    with st.container(gap=None, key=f"saved_{key}"):
        st.table(data)
        _offer(partial(csv_of, saved), key, name)


def editable_table(
    data: pd.DataFrame, *, key: str, name: str | None = None, column_config: Mapping[str, Any], **options: Any
) -> pd.DataFrame:
    """`st.data_editor`, index and all, with the button, which gives what was typed; returns that, too."""
    with st.container(gap=None, key=f"saved_{key}"):
        edited = st.data_editor(data, key=key, column_config=column_config, **options)
        _offer(partial(csv_of_shown, edited, None, column_config, False), key, name)
    return edited


def _offer(make_csv: Callable[[], str], key: str, name: str | None) -> None:
    """The button. The CSV is made when it is clicked, in a thread that knows no session."""
    st.download_button(
        "Save as CSV",
        make_csv,
        f"{name or key.replace('_', '-')}.csv",
        "text/csv",
        key=f"csv_of_{key}",
        help="Save as CSV",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def csv_of_shown(
    data: "pd.DataFrame | Styler",
    column_order: Sequence[str] | None,
    column_config: Mapping[str, Any] | None,
    hide_index: bool,
) -> str:
    """The CSV of what a table shows, given what `st.dataframe` is given: all rows, the columns that are not hidden,
    under the headings on the screen, or under its name where a column has an empty one. Numbers are in full."""
    frame, columns = data if isinstance(data, pd.DataFrame) else data.data, column_config or {}  # type: ignore[attr-defined]
    order = frame.columns if column_order is None else [name for name in column_order if name in frame]
    shown = [name for name in order if name not in columns or columns[name] is not None]
    table = frame[shown].set_axis([_heading(name, columns) for name in shown], axis="columns")
    if not hide_index:
        table.insert(0, _heading(INDEX, columns, frame.index.name), frame.index, allow_duplicates=True)
    return csv_of(table)


def _heading(column: Any, columns: Mapping[str, Any], name: Any = None) -> str:
    """What stands above a column. Of the index, `name` is the name."""
    looks = columns.get(column)
    label = looks if isinstance(looks, str) else (looks or {}).get("label")
    own = name if column == INDEX else column
    return str(label or ("" if own is None else own))
