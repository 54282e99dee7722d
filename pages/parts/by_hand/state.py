"""The table that a visitor factors by hand, in their session: begun, moved by buttons and edits, undone."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import Side
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import Cell
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from pages.parts.by_hand.cached import small_table
from pages.parts.by_hand.keys import Key
from pages.shared.plot import Click


@dataclass(frozen=True)
class Setup:
    """What the table and its numbers begin from. With another setup, the descent begins again."""

    fingerprint: str | None
    n_factors: int
    seed: int
    held_out: float


def descent(ratings: Ratings, setup: Setup, model: SmallModel) -> Descent:
    """The visitor's descent. It begins again when `setup` has changed; when only `model` has, the numbers stay."""
    if st.session_state.get(Key.SETUP) != setup:
        _begin(ratings, setup, model)
    elif _now().model != model:
        st.session_state[Key.DESCENT] = _now().with_model(model)
    return _now()


def _begin(ratings: Ratings, setup: Setup, model: SmallModel) -> None:
    table = small_table(ratings, setup.held_out)
    _put(Descent.start(table, model, setup.n_factors, setup.seed))
    st.session_state[Key.SETUP], st.session_state[Key.PLAYING] = setup, False


def reset() -> None:
    """Back to the same random start."""
    now, setup = _now(), st.session_state[Key.SETUP]
    _put(Descent.start(now.table, now.model, setup.n_factors, setup.seed))
    st.session_state[Key.PLAYING] = False


def take_steps(n: int, learning_rate: float, weight_decay: float, only: Cell | None) -> None:
    """Take n steps. If they fail, nothing moves, playing ends, and `failure` says why."""
    try:
        _put(_now().stepped(n, learning_rate=learning_rate, weight_decay=weight_decay, only=only))
    except CFError as error:
        st.session_state[Key.ERROR], st.session_state[Key.PLAYING] = str(error), False


def undo() -> None:
    """Take the last action back."""
    st.session_state[Key.PLAYING] = False
    if _now().past:  # a second click may come before the button is off
        _put(_now().undone())


def play(on: bool) -> None:
    """Start or stop playing."""
    st.session_state[Key.PLAYING] = on
    st.session_state[Key.ERROR] = None


def playing() -> bool:
    """Whether steps go on by themselves."""
    return bool(st.session_state.get(Key.PLAYING))


def failure() -> str | None:
    """Why the last action failed, if it did."""
    return st.session_state.get(Key.ERROR)


def select_cell(click: Click) -> None:
    """Select the cell that was clicked."""
    st.session_state[Key.USER], st.session_state[Key.MOVIE] = click.customdata[:2]


def selected_cell(now: Descent) -> Cell:
    """The cell that is selected; the first where none is, or one that this table does not have."""
    for name, n in zip((Key.USER, Key.MOVIE), now.table.shape, strict=True):
        if st.session_state.get(name) not in range(n):
            st.session_state[name] = 0
    return st.session_state[Key.USER], st.session_state[Key.MOVIE]


def grid(side: Side, now: Descent, movie_names: list[str]) -> pd.DataFrame:
    """The numbers of one side as a grid: one row per user, or one column per movie."""
    n = now.factors.n_factors
    names = [str(f) for f in range(1, n + 1)]
    if now.model.biases:
        names.append("bias")
    rows = now.factors.side(side)[:, : len(names)]
    if side == "user":
        return pd.DataFrame(rows, index=[str(user) for user in now.table.user_ids], columns=names)
    return pd.DataFrame(rows.T, index=names, columns=movie_names)


def editor_key(side: Side) -> str:
    """The key of a side's editor. It changes when the numbers have moved since something was typed, because the editor
    would lay what was typed over the new numbers."""
    return f"hand_{side}_{st.session_state.get(Key.EDITION, 0)}"


def apply_edit(side: Side, columns: list[str]) -> None:
    """Apply what was typed into a side's editor. Once the numbers have followed, the editor forgets what was typed
    and reports that as well: nothing to apply."""
    typed: dict[int, dict[str, Any]] = st.session_state[editor_key(side)]["edited_rows"]
    if not typed:
        return
    cells = {(int(row), columns.index(name)): value for row, cells in typed.items() for name, value in cells.items()}
    if side == "item":
        cells = {(column, row): value for (row, column), value in cells.items()}
    try:
        st.session_state[Key.DESCENT] = _now().edited(side, cells)
        st.session_state[Key.ERROR] = None
    except CFError as error:
        _put(_now())
        st.session_state[Key.ERROR] = str(error)


def _now() -> Descent:
    now: Descent = st.session_state[Key.DESCENT]
    return now


def _put(now: Descent) -> None:
    st.session_state[Key.DESCENT], st.session_state[Key.ERROR] = now, None
    if any(st.session_state.get(editor_key(side), {}).get("edited_rows") for side in ("user", "item")):
        st.session_state[Key.EDITION] = st.session_state.get(Key.EDITION, 0) + 1
