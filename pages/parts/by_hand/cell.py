"""One cell written out: how its prediction comes about, and how a step moves the numbers behind it."""

import pandas as pd
import streamlit as st

from cf_core.by_hand.cell import CellTrace, trace_cell
from cf_core.by_hand.descent import Descent
from cf_core.by_hand.steps import Cell
from cf_core.errors import OvershootError
from pages.parts.by_hand.controls import Step
from pages.shared.messages import show_error


def show_cell(now: Descent, cell: Cell, step: Step) -> None:
    """The prediction at the left, the step at the right."""
    try:
        trace = trace_cell(
            now.table,
            now.model,
            now.factors,
            cell,
            learning_rate=step.learning_rate,
            weight_decay=step.weight_decay,
            only_this=step.only is not None,
        )
    except OvershootError as error:
        show_error(error)
        return
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _show_prediction(now, trace)
        st.table(_with_decimals(trace.terms.rename(columns={"item": "movie"}), "factor"))
    with right:
        _show_moves(trace, step)


def _show_prediction(now: Descent, trace: CellTrace) -> None:
    terms = " + ".join(
        f"{user:.2f} × {item:.2f}" for user, item in zip(trace.terms["user"], trace.terms["item"], strict=True)
    )
    lines = [f"p·q = {terms} = **{trace.dot:.3f}**"]
    if now.model.biases:
        lines.append(
            f"x = {trace.dot:.3f} + {trace.user_bias:.3f} (user's bias) + {trace.item_bias:.3f} (movie's bias) = "
            f"**{trace.total:.3f}**"
        )
    if now.model.sigmoid:
        low, high = now.model.rating_range
        lines.append(f"ŷ = {low:g} + {high - low:g} · σ({trace.total:.3f}) = **{trace.predicted:.3f}** stars")
    else:
        lines.append(f"ŷ = **{trace.predicted:.3f}** stars")
    if trace.error is None:
        lines.append("There is no rating, so there is no error: the prediction is a guess.")
    else:
        note = ", held out: no step learns from it" if trace.role == "held out" else ""
        lines.append(f"error = ŷ - y = {trace.predicted:.3f} - {trace.rating:g} = **{trace.error:+.3f}** stars{note}")
    for line in lines:
        st.markdown(line)


def _show_moves(trace: CellTrace, step: Step) -> None:
    if trace.moves.empty:
        why = "has no rating" if trace.role == "blank" else "is held out"
        st.info(f"This cell {why}, so no step can learn from it alone.", icon=":material/block:")
        return
    source = "all training cells of the table" if step.only is None else "this rating alone"
    decay = f" + {step.weight_decay:g} · now" if step.weight_decay else ""
    st.caption(f"The gradient over {source}. next = now - {step.learning_rate:g} · (gradient{decay})")
    moves = trace.moves.assign(side=trace.moves["side"].replace({"item": "movie"}))
    st.table(_with_decimals(moves.rename(columns={"side": "of the", "weight": "number"}), "of the"))


def _with_decimals(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The numbers with three decimals, the column `label` in front."""
    written = {str(name): column.map("{:.3f}".format) for name, column in frame.items() if column.dtype.kind == "f"}
    return frame.assign(**written, **{label: frame[label].astype(str)}).set_index(label)
