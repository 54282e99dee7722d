"""The table that a visitor factors by hand, in their session: begun, moved by buttons and edits, undone.

Every change of the numbers is `cf_core.by_hand`'s; nothing in here computes or draws.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import Side
from cf_core.by_hand.model import HandModel
from cf_core.by_hand.steps import Place
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from pages.parts.by_hand.cached import hand_table
from pages.shared.plot import Click

DESCENT, BEGUN, PLAYING, ERROR, EDITION = "hand_descent", "hand_begun", "hand_playing", "hand_error", "hand_edition"
ROW, COLUMN = "hand_user", "hand_movie"
"""Keys of the boxes of the chosen cell."""


@dataclass(frozen=True)
class Setup:
    """What a table begins from; another one is another beginning."""

    fingerprint: str
    n_factors: int
    seed: int
    held_out: float


def descent(ratings: Ratings, setup: Setup, model: HandModel) -> Descent:
    """The descent in work: a new one where `setup` is another, the same numbers under `model` where that is another."""
    if st.session_state.get(BEGUN) != setup:
        _begin(ratings, setup, model)
    elif _now().model != model:
        st.session_state[DESCENT] = _now().under(model)
    return _now()


def _begin(ratings: Ratings, setup: Setup, model: HandModel) -> None:
    table = hand_table(setup.fingerprint, setup.held_out, ratings)
    _put(Descent.start(table, model, setup.n_factors, setup.seed))
    st.session_state[BEGUN], st.session_state[PLAYING] = setup, False


def reset() -> None:
    """Back to the same random start."""
    now, setup = _now(), st.session_state[BEGUN]
    _put(Descent.start(now.table, now.model, setup.n_factors, setup.seed))
    st.session_state[PLAYING] = False


def take_steps(n: int, learning_rate: float, weight_decay: float, only: Place | None) -> None:
    """Take n steps; where they fail, nothing moves, playing ends and the page can say why."""
    try:
        _put(_now().stepped(n, learning_rate=learning_rate, weight_decay=weight_decay, only=only))
    except CFError as error:
        st.session_state[ERROR], st.session_state[PLAYING] = str(error), False


def undo() -> None:
    """Take the last action back."""
    st.session_state[PLAYING] = False
    if _now().past:  # a second click may come before the button is off
        _put(_now().undone())


def play(on: bool) -> None:
    st.session_state[PLAYING] = on
    st.session_state[ERROR] = None


def playing() -> bool:
    return bool(st.session_state.get(PLAYING))


def failure() -> str | None:
    """What the last action failed from, in words."""
    return st.session_state.get(ERROR)


def choose_cell(click: Click) -> None:
    """Choose the cell that was clicked."""
    st.session_state[ROW], st.session_state[COLUMN] = click.customdata[:2]


def chosen_cell(now: Descent) -> Place:
    """The cell that is chosen; the first where none is, or one that another table had."""
    for name, n in zip((ROW, COLUMN), now.table.shape, strict=True):
        if st.session_state.get(name) not in range(n):
            st.session_state[name] = 0
    return st.session_state[ROW], st.session_state[COLUMN]


def grid(side: Side, now: Descent, movie_names: list[str]) -> pd.DataFrame:
    """The numbers of one side as a grid: one row a user, or one column a movie."""
    n = now.factors.n_factors
    names = [str(f) for f in range(1, n + 1)] + ["bias"] * now.model.biases
    rows = now.factors.side(side)[:, : len(names)]
    if side == "user":
        return pd.DataFrame(rows, index=[str(user) for user in now.table.user_ids], columns=names)
    return pd.DataFrame(rows.T, index=names, columns=movie_names)


def editor_key(side: Side) -> str:
    """The key of a side's editor. It changes when the numbers have moved under what was typed there, which would
    otherwise be laid over them again."""
    return f"hand_{side}_{st.session_state.get(EDITION, 0)}"


def take_edit(side: Side, columns: list[str]) -> None:
    """Take over what was typed into a side's editor. Once the numbers have followed, the editor forgets what was typed
    and reports that as well: nothing to take over."""
    typed: dict[int, dict[str, Any]] = st.session_state[editor_key(side)]["edited_rows"]
    if not typed:
        return
    cells = {(int(row), columns.index(name)): value for row, cells in typed.items() for name, value in cells.items()}
    if side == "item":
        cells = {(column, row): value for (row, column), value in cells.items()}
    try:
        st.session_state[DESCENT] = _now().edited(side, cells)
        st.session_state[ERROR] = None
    except CFError as error:
        _put(_now())
        st.session_state[ERROR] = str(error)


def _now() -> Descent:
    now: Descent = st.session_state[DESCENT]
    return now


def _put(now: Descent) -> None:
    st.session_state[DESCENT], st.session_state[ERROR] = now, None
    if any(st.session_state.get(editor_key(side), {}).get("edited_rows") for side in ("user", "item")):
        st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
