"""Below the sheet, where it was asked for: the step number by number, the solver, and the numbers as tables."""

from typing import Any, Literal, get_args

import pandas as pd
import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import LARGEST, Side
from cf_core.by_hand.solver import Solution
from cf_core.charts.data.hand_sheet import n_columns, weight_name
from cf_core.charts.style import short_title
from cf_core.words import Words
from pages.parts.by_hand import state
from pages.parts.by_hand.bar import rmse
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.panel import trace_of_cell
from pages.parts.by_hand.state import Step
from pages.shared.choice import optional_choice
from pages.shared.table import editable_table, static_table

View = Literal["The next step", "The solver", "Tables to type into"]


def show_more(now: Descent, solution: Solution, step: Step, words: Words) -> None:
    """Nothing, until a view is chosen."""
    view: View | None = optional_choice("More", get_args(View), key=Key.MORE)
    if view == "The next step":
        _next_step(now, step, words)
    elif view == "The solver":
        _compare_with_solver(now, solution, words)
    elif view == "Tables to type into":
        users, movies = st.columns(2)
        with users:
            _editor("user", now, [str(user) for user in now.table.user_ids], words)
        with movies:
            _editor("item", now, list(map(short_title, now.table.titles)), words)


def _next_step(now: Descent, step: Step, words: Words) -> None:
    """What the next step does to all numbers behind the selected cell."""
    trace = trace_of_cell(now, step)
    if trace.moves.empty:
        why = {"blank": "This cell has no rating", "held out": "This cell is held out"}.get(trace.role)
        said = f"{why}, so no step can learn from it alone." if why else "The next step overshoots."
        st.info(said, icon=":material/block:")
        return
    source = "all training cells of the table" if step.only is None else "this rating alone"
    decay = f" + {step.weight_decay:g} · now" if step.weight_decay else ""
    st.caption(f"The gradient over {source}. next = now - {step.learning_rate:g} · (gradient{decay})")
    moves = trace.moves.rename(columns={"side": "of the", "weight": "number"}).replace({"of the": {"item": words.item}})
    static_table(_with_decimals(moves, "of the"), key="by_hand_moves", name="next-step", saved=moves)


def _with_decimals(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The numbers with three decimals, the column `label` in front."""
    written = {str(name): column.map("{:z.3f}".format) for name, column in frame.items() if column.dtype.kind == "f"}
    return frame.assign(**written, **{label: frame[label].astype(str)}).set_index(label)


def _compare_with_solver(now: Descent, solution: Solution, words: Words) -> None:
    """The errors as a table, and how the solver came to its own."""
    rows = pd.DataFrame(
        {
            "whose": ["your numbers now", "the solver's"],
            "RMSE, training cells": [rmse(now.cost.train), rmse(solution.train_loss)],
            "RMSE, held-out cells": [rmse(now.cost.valid), rmse(solution.valid_loss)],
        }
    )
    static_table(rows.set_index("whose"), key="by_hand_errors", name="your-numbers-and-the-solvers", saved=rows)
    ended = "converged" if solution.converged else "had not converged, as happens without weight decay"
    sigmoid = " It fits the plain sum, without the sigmoid." if now.model.sigmoid else ""
    st.caption(
        "Alternating least squares solves for the numbers of all users exactly while those of the "
        f"{words.items} stay fixed, "
        "then the other way round, with the same weight decay and from the same random start. After "
        f"{solution.n_sweeps} rounds it {ended}.{sigmoid}"
    )


def _editor(side: Side, now: Descent, rows: list[str], words: Words) -> None:
    """One side's numbers, one row per user or movie."""
    names = [weight_name(place, now.factors.n_factors) for place in range(n_columns(now.model, now.factors))]
    frame = pd.DataFrame(now.factors.side(side)[:, : len(names)], index=rows, columns=names)
    number = st.column_config.NumberColumn(format="%.2f", min_value=-LARGEST, max_value=LARGEST, step=0.001)
    columns: dict[Any, Any] = dict.fromkeys(names, number)
    columns["_index"] = st.column_config.Column("user" if side == "user" else words.item, disabled=True)
    editable_table(
        frame,
        key=state.editor_key(side),
        name=f"{words.items if side == 'item' else 'users'}-by-hand",
        column_config=columns,
        on_change=_apply_edit,
        args=(side, names),
        height="content",
    )


def _apply_edit(side: Side, columns: list[str]) -> None:
    """Apply what was typed into a side's editor. Once the numbers have followed, the editor forgets what was typed
    and reports that as well: nothing to apply."""
    typed: dict[int, dict[str, Any]] = st.session_state[state.editor_key(side)]["edited_rows"]
    if typed:
        pairs = ((int(row), name, value) for row, cells in typed.items() for name, value in cells.items())
        state.edit(side, {(row, columns.index(name)): value for row, name, value in pairs})
