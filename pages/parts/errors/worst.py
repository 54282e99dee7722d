"""The view of the worst predictions: a table in which a ticked row opens the detective, beside it."""

from typing import Any, get_args

import pandas as pd
import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.errors import UnknownIdError
from cf_core.insight.residual_table import Off
from cf_core.runs.run_views import RunView
from pages.parts.errors import cached
from pages.parts.errors.detective import show_case
from pages.parts.errors.keys import Key
from pages.parts.errors.open_case import open_case, row_of_case
from pages.shared import address
from pages.shared import cached as shared_cache
from pages.shared.choice import choice
from pages.shared.columns import user_column
from pages.shared.messages import escape_markdown, show_error
from pages.shared.pickers import id_box
from pages.shared.plot import plot
from pages.shared.table import data_table

MOST_ROWS = 1_000
HEIGHT = 385  # pixels, so that a projector shows all of it


def show_worst(run_view: RunView, ratings: Ratings) -> None:
    """The verdict, the table, and beside it the open rating, or how far off predictions are where none is open."""
    with st.sidebar:
        off: Off = choice("Predicted", get_args(Off), key=Key.OFF, in_address=True)
        user_id, item_id = _choose_user_and_movie(ratings)
    verdict, histogram = cached.how_far_off(run_view, ratings)
    left, right = st.columns([6, 5], gap="small")
    row = row_of_case(ratings, shared_cache.split(ratings, run_view.run.spec.split))
    with left:
        st.markdown(escape_markdown(verdict), help="Tick a row to find out why. Click a column's name to sort.")
        _show_table(run_view, off, user_id, item_id, ratings)
    with right, st.container(key="errors_beside"):
        if row is not None:
            show_case(run_view, ratings, row)
        else:
            plot(histogram, key="errors_residuals", alt=f"A histogram of rating minus prediction. {verdict}")
            st.caption("Tick a row of the table: the detective finds out what went wrong.")


def _choose_user_and_movie(ratings: Ratings) -> tuple[Any, Any]:
    """Two boxes, which the address keeps: the raw ids of the user and the movie, None for any. Both filled open the
    detective."""
    _read(Key.USER, ratings.users)
    _read(Key.MOVIE, ratings.items)
    words = ratings.words
    user_id = id_box(ratings, "user", "User", Key.USER, placeholder="any user", on_change=_open_chosen)
    any_item = f"any {words.item}"
    item_id = id_box(ratings, "item", words.capital.item, Key.MOVIE, placeholder=any_item, on_change=_open_chosen)
    for key, chosen in ((Key.USER, user_id), (Key.MOVIE, item_id)):
        address.keep(key, None if chosen is None else str(chosen))
    return user_id, item_id


def _open_chosen() -> None:
    """Look at the rating of the user for the movie where both boxes are filled."""
    user_id, item_id = st.session_state[Key.USER], st.session_state[Key.MOVIE]
    if user_id is not None and item_id is not None:
        open_case(user_id, item_id)


def _read(key: Key, ids: Any) -> None:
    """Choose what the address names where the page has just been opened; nothing of another data set."""
    if key in st.session_state:
        if st.session_state[key] not in ids:
            st.session_state[key] = None
        return
    text = st.query_params.get(key)
    try:
        st.session_state[key] = None if text is None else ids.read(text)
    except UnknownIdError as error:
        st.session_state[key] = None
        show_error(error)


def _columns(ratings: Ratings) -> dict[str, Any]:
    item, unit = ratings.words.item, ratings.words.unit
    return {
        "user_id": user_column(ratings, 45),
        "title": st.column_config.TextColumn(item, width=106),
        "residual": st.column_config.NumberColumn(
            "residual", format="%+.2f", width=60, help=f"Rating minus prediction, in {unit}."
        ),
        "rating": st.column_config.NumberColumn("given", format="%.1f", width=48),
        "predicted": st.column_config.NumberColumn("predicted", format="%.2f", width=66),
        "user_n_train": st.column_config.NumberColumn(
            "by user", format="localized", width=60, help="Training ratings of the user."
        ),
        "item_n_train": st.column_config.NumberColumn(
            f"of {item}", format="localized", width=66, help=f"Training ratings of the {item}."
        ),
    }


def _show_table(run_view: RunView, off: Off, user_id: Any, item_id: Any, ratings: Ratings) -> None:
    user, item = (
        None if raw is None else int(ids.index_of([raw])[0])
        for ids, raw in ((ratings.users, user_id), (ratings.items, item_id))
    )
    shown = cached.worst(run_view, ratings, off, MOST_ROWS, user, item)
    if shown.empty:
        st.info("No validation rating is like this. Clear a box in the sidebar.", icon=":material/filter_alt_off:")
        return
    columns = _columns(ratings)
    # Another table for other rows, and after each rating that was closed, with no row ticked
    table_key = f"errors_table_{off}_{user_id}_{item_id}_{st.session_state.get(Key.CLOSED, 0)}"
    data_table(
        shown,
        column_order=list(columns),
        column_config=columns,
        height=HEIGHT,
        key=table_key,
        name="largest-errors",
        selection_mode="single-row",
        on_select=lambda: _open_ticked(shown, st.session_state[table_key]["selection"]["rows"]),
    )


def _open_ticked(table: pd.DataFrame, rows: list[int]) -> None:
    if rows:
        open_case(table["user_id"].tolist()[rows[0]], table["item_id"].tolist()[rows[0]])
