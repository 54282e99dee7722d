"""The spreadsheet: the movies' numbers above the table, the users' beside it, the error by step in the corner."""

from typing import Any, get_args

import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import LARGEST, Side
from cf_core.by_hand.solver import Solution
from cf_core.by_hand.steps import Cell
from cf_core.charts.data.by_hand import Show, cost_curve, hand_heatmap, movie_names
from pages.parts.by_hand import state
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.scores import describe_errors
from pages.shared.choice import choice
from pages.shared.plot import plot


def show_sheet(now: Descent, solution: Solution, cell: Cell) -> None:
    """All four parts, with a frame around `cell`."""
    names = movie_names(now.table)
    corner, above = st.columns([5, 7])
    with corner:
        plot(cost_curve(now.costs, solution.train_loss), key="cost", alt=describe_errors(now), height=300)
    with above:
        st.caption("The movies' numbers, one column per movie. Type into any cell.")
        _editor("item", now, names)
    beside, table = st.columns([5, 7])
    with beside:
        st.caption("The users' numbers, one row per user. Type into any cell.")
        _editor("user", now, names)
    with table:
        _table(now, names, cell)


def _editor(side: Side, now: Descent, movie_names: list[str]) -> None:
    """One side's numbers, to be typed into."""
    frame = state.grid(side, now, movie_names)
    is_user = side == "user"
    columns: dict[Any, Any] = {
        name: st.column_config.NumberColumn(
            width=46 if is_user else 72, format="%.2f", min_value=-LARGEST, max_value=LARGEST, step=0.001, help=full
        )
        for name, full in zip(frame.columns, frame.columns if is_user else now.table.titles, strict=True)
    }
    columns["_index"] = st.column_config.Column(
        "user" if is_user else "factor", width=50 if is_user else 60, disabled=True
    )
    st.data_editor(
        frame,
        key=state.editor_key(side),
        column_config=columns,
        on_change=state.apply_edit,
        args=(side, frame.columns.tolist()),
        height="content",
    )


def _table(now: Descent, movie_names: list[str], cell: Cell) -> None:
    show: Show = choice("Cells show", get_args(Show), key=Key.SHOW)
    figure = hand_heatmap(now.table, now.model.predict(now.factors), show, cell)
    alt = f"{show.capitalize()} for {len(now.table.user_ids)} users and {len(movie_names)} movies, one cell selected."
    plot(figure, key="hand_table", alt=alt, on_click=state.select_cell)
    notch = " A notched corner marks a cell without a rating: its number is a guess." if show == "predictions" else ""
    st.caption(f"Click a cell to see it written out below.{notch}")
