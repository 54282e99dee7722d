"""What stands right of the sheet: the error by step, and the selected cell and number, written out and to change."""

from typing import Any

import streamlit as st

from cf_core.by_hand.cell import CellTrace, trace_cell
from cf_core.by_hand.descent import Descent
from cf_core.by_hand.solver import Solution
from cf_core.charts.data.by_hand import cost_curve
from cf_core.charts.data.hand_sheet import compact, weight_name
from cf_core.words import Words
from pages.parts.by_hand import state
from pages.parts.by_hand.bar import describe_errors
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.state import Number, Step
from pages.shared.plot import plot
from pages.shared.plot.figure_diff import SentState

REACHES = (3.0, 10.0, 100.0)
"""How far the slider of a number may reach to either side."""


def show_panel(now: Descent, solution: Solution, step: Step, sent: SentState, words: Words) -> None:
    """The curve above, then the cell, then its selected number."""
    plot(cost_curve(now.costs, solution.train_loss), key="cost", alt=describe_errors(now, words), sent=sent)
    trace = trace_of_cell(now, step)
    _choose_cell(now, words)
    if (failure := state.failure()) is not None:
        st.error(failure)
    else:
        st.markdown(_prediction(now, trace))
    _change_number(now, trace, words)


def trace_of_cell(now: Descent, step: Step) -> CellTrace:
    """The selected cell, and what the next step does to the numbers behind it."""
    return trace_cell(
        now.table,
        now.model,
        now.factors,
        state.selected_cell(now),
        learning_rate=step.learning_rate,
        weight_decay=step.weight_decay,
        only_this=step.only is not None,
    )


def _choose_cell(now: Descent, words: Words) -> None:
    """Two boxes; a click on a cell sets them too."""
    users, titles = now.table.user_ids, now.table.titles
    left, right = st.columns([2, 3], gap="small")
    left.selectbox("User", range(len(users)), format_func=lambda i: f"user {users[i]}", **_box(Key.USER))
    right.selectbox(words.capital.item, range(len(titles)), format_func=titles.__getitem__, **_box(Key.MOVIE))


def _box(key: Key) -> dict[str, Any]:
    return {"key": key, "label_visibility": "collapsed", "persist_state": "session"}


def _prediction(now: Descent, trace: CellTrace) -> str:
    """How the prediction comes about, and how far it is off."""
    pairs = zip(trace.terms["user"], trace.terms["item"], strict=True)
    lines = [
        " + ".join(f"{compact(user, 2)}×{compact(item, 2)}" for user, item in pairs) + f" = **{_stars(trace.dot)}**"
    ]
    if now.model.biases:
        lines.append(
            f"{_stars(trace.dot)} + {_stars(trace.user_bias)} + {_stars(trace.item_bias)} (biases) = "
            f"**{_stars(trace.total)}**"
        )
    if now.model.sigmoid:
        low, high = now.model.rating_range
        lines.append(f"{low:g} + {high - low:g}·σ({_stars(trace.total)}) = **{_stars(trace.predicted)}**")
    if trace.error is None:
        lines.append(f"predicts **{_stars(trace.predicted)}**; never rated, so a guess")
    else:
        note = " :orange[■] held out" if trace.role == "held out" else ""
        error = _stars(trace.error, "+")
        lines.append(f"**{_stars(trace.predicted)}** - rating {trace.rating:g} = error **{error}**{note}")
    return "  \n".join(f":small[{line}]" for line in lines)


def _stars(value: float, sign: str = "") -> str:
    return f"{value:{sign}z.2f}" if abs(value) < 1_000 else f"{value:{sign}.0e}"


def _change_number(now: Descent, trace: CellTrace, words: Words) -> None:
    """One of the numbers behind the cell, to type or to slide, and where the next step takes it."""
    left, right = st.columns([3, 2], gap="small")
    left.selectbox("Number", state.numbers(now), format_func=lambda one: _name(now, one, words), **_box(Key.NUMBER))
    side, place = state.selected_number(now)
    row = state.selected_cell(now)[0 if side == "user" else 1]
    value = round(float(now.factors.side(side)[row, place]), 3) + 0.0
    reach = next((reach for reach in REACHES if abs(value) < reach), REACHES[-1])
    st.session_state[Key.VALUE], st.session_state[Key.SLIDER] = value, min(max(value, -reach), reach)
    how: dict[str, Any] = {
        "step": 0.01,
        "disabled": state.playing(),
        "label_visibility": "collapsed",
        "on_change": state.edit_number,
    }
    right.number_input("Value", format="%.3f", key=Key.VALUE, args=(Key.VALUE, side, row, place), **how)
    st.slider("Slide", -reach, reach, key=Key.SLIDER, args=(Key.SLIDER, side, row, place), **how)
    st.caption(_moves(now, trace, (side, place), row))


def _name(now: Descent, number: Number, words: Words) -> str:
    side, place = number
    return f"{'user' if side == 'user' else words.item}: {weight_name(place, now.factors.n_factors)}"


def _moves(now: Descent, trace: CellTrace, number: Number, row: int) -> str:
    """Gradient, next value and, if the latest action changed it, the old value of the number."""
    side, place = number
    moves = trace.moves[trace.moves["side"] == side]
    if moves.empty:
        why = {"blank": "Never rated: no step learns from it.", "held out": "Held out: no step learns from it."}
        said = [why.get(trace.role, "The next step overshoots.")]
    else:
        move = moves.iloc[place]
        said = [f"gradient {move['gradient']:+z.3f} → next **{move['next']:z.3f}**"]
    before = None if now.before is None else float(now.before.side(side)[row, place])
    if before is not None and before != float(now.factors.side(side)[row, place]):
        said.append(f"was {before:z.3f}")
    return " · ".join(said)
