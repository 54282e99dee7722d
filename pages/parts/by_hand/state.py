"""The table that a visitor factors by hand, in their session: begun, moved by buttons and edits, undone; and what is
selected in it."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import Side
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import Cell
from cf_core.charts.data.hand_sheet import n_columns
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from pages.parts.by_hand.cached import small_table
from pages.parts.by_hand.kept import Setup, Visit, visits
from pages.parts.by_hand.keys import Key
from pages.shared import workspace_token
from pages.shared.plot import Click

Number = tuple[Side, int]
"""One of the numbers behind the selected cell: of its user or of its movie, and its place among the weights."""


@dataclass(frozen=True)
class Step:
    """How a step is taken: from one cell, or from the whole table where `only` is None."""

    learning_rate: float
    weight_decay: float
    only: Cell | None


def descent(ratings: Ratings, setup: Setup, model: SmallModel) -> Descent:
    """The visitor's descent. It begins again when `setup` has changed; when only `model` has, the numbers stay."""
    if st.session_state.get(Key.SETUP) != setup:
        _begin(ratings, setup, model)
    if _now().model != model:
        st.session_state[Key.DESCENT] = _now().with_model(model)
    return _now()


def _begin(ratings: Ratings, setup: Setup, model: SmallModel) -> None:
    """Begin where the browser left off before a reload, if it was with this setup; else at the random start."""
    is_new = Key.SETUP not in st.session_state
    visit = visits.recall(workspace_token.token()) if is_new else None
    if visit is not None and visit.setup == setup:
        _put(visit.descent)
        st.session_state[Key.USER], st.session_state[Key.MOVIE] = visit.cell
        st.session_state[Key.NUMBER] = visit.number
    else:
        _put(Descent.start(small_table(ratings, setup.held_out), model, setup.n_factors, setup.seed))
    st.session_state[Key.SETUP], st.session_state[Key.PLAYING] = setup, False


def keep(now: Descent) -> None:
    """Remember for a reload where the visitor is."""
    setup: Setup = st.session_state[Key.SETUP]
    visits.keep(workspace_token.token(), Visit(setup, now, selected_cell(now), selected_number(now)))


def reset() -> None:
    """Back to the same random start."""
    now, setup = _now(), st.session_state[Key.SETUP]
    _put(Descent.start(now.table, now.model, setup.n_factors, setup.seed))
    st.session_state[Key.PLAYING] = False


def take_steps(n: int, step: Step) -> None:
    """Take n steps, or as many as do not overshoot. Where none can be taken, playing ends and `failure` says why: so
    the numbers are seen to explode before the words come. After a press of a button the words come at once."""
    how: dict[str, Any] = {
        "learning_rate": step.learning_rate,
        "weight_decay": step.weight_decay,
        "only": step.only,
    }
    try:
        before = _now()
        after = before.stepped(n, **how)
        _put(after)
        if not playing() and after.cost.n_steps < before.cost.n_steps + n:
            after.stepped(1, **how)
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


def select(click: Click) -> None:
    """Select the cell or the number that was clicked."""
    kind, row, column = click.customdata[:3]
    if kind == "cell":
        st.session_state[Key.USER], st.session_state[Key.MOVIE] = row, column
    else:
        st.session_state[Key.USER if kind == "user" else Key.MOVIE] = row
        st.session_state[Key.NUMBER] = (kind, column)


def selected_cell(now: Descent) -> Cell:
    """The cell that is selected; the first where none is, or one that this table does not have."""
    for name, n in zip((Key.USER, Key.MOVIE), now.table.shape, strict=True):
        if st.session_state.get(name) not in range(n):
            st.session_state[name] = 0
    return st.session_state[Key.USER], st.session_state[Key.MOVIE]


def numbers(now: Descent) -> list[Number]:
    """The numbers behind a cell that can be selected."""
    places = range(n_columns(now.model, now.factors))
    return [*(("user", place) for place in places), *(("item", place) for place in places)]


def selected_number(now: Descent) -> Number:
    """The number that is selected; the user's first where none is, or one that this model does not have."""
    if st.session_state.get(Key.NUMBER) not in numbers(now):
        st.session_state[Key.NUMBER] = ("user", 0)
    number: Number = st.session_state[Key.NUMBER]
    return number


def edit(side: Side, cells: dict[tuple[int, int], Any]) -> None:
    """Replace some numbers of a side, (row, column) to value; where they cannot be, `failure` says why."""
    try:
        st.session_state[Key.DESCENT] = _now().edited(side, cells)
        st.session_state[Key.ERROR] = None
    except CFError as error:
        _put(_now())
        st.session_state[Key.ERROR] = str(error)


def edit_number(key: Key, side: Side, row: int, place: int) -> None:
    """Take over what the widget `key` says of that number."""
    edit(side, {(row, place): st.session_state[key]})


def editor_key(side: Side) -> str:
    """The key of a side's editor. It changes when the numbers have moved since something was typed, because the editor
    would lay what was typed over the new numbers."""
    return f"hand_{side}_{st.session_state.get(Key.EDITION, 0)}"


def _now() -> Descent:
    now: Descent = st.session_state[Key.DESCENT]
    return now


def _put(now: Descent) -> None:
    st.session_state[Key.DESCENT], st.session_state[Key.ERROR] = now, None
    if any(st.session_state.get(editor_key(side), {}).get("edited_rows") for side in ("user", "item")):
        st.session_state[Key.EDITION] = st.session_state.get(Key.EDITION, 0) + 1
