"""What the table that is factored by hand tells: its numbers as editors, one cell written out, the solver's answer.

Nothing in here changes a number; that is `hand_state`'s.
"""

import math
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.by_hand.cell import CellStory, cell_story
from cf_core.by_hand.descent import Descent
from cf_core.by_hand.factors import LARGEST, Side
from cf_core.by_hand.solver import Solution
from cf_core.by_hand.steps import Place
from cf_core.errors import OvershootError
from pages.parts.by_hand import state
from pages.shared.messages import say_error


def stars(loss: float | None) -> str:
    """A mean squared error as RMSE; a dash where there is none."""
    return "–" if loss is None else f"{math.sqrt(loss):.3f}"


def cost_in_words(now: Descent) -> str:
    return (
        f"After {now.cost.n_steps} steps the RMSE is {stars(now.cost.train)} stars over training cells and "
        f"{stars(now.cost.valid)} over held-out cells."
    )


def editor(side: Side, now: Descent, movie_names: list[str]) -> None:
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
        on_change=state.take_edit,
        args=(side, frame.columns.tolist()),
        height="content",
    )


def tell(now: Descent, place: Place, learning_rate: float, weight_decay: float, only_this: bool) -> None:
    """The story of one cell."""
    try:
        story = cell_story(
            now.table,
            now.model,
            now.factors,
            place,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            only_this=only_this,
        )
    except OvershootError as error:
        say_error(error)
        return
    left, right = st.columns([5, 6], gap="medium")
    with left:
        _predicted(now, story)
        st.table(_written(story.terms.rename(columns={"item": "movie"}), "factor"))
    with right:
        _moves(story, learning_rate, weight_decay, only_this)


def _predicted(now: Descent, story: CellStory) -> None:
    terms = " + ".join(
        f"{user:.2f} × {item:.2f}" for user, item in zip(story.terms["user"], story.terms["item"], strict=True)
    )
    lines = [f"p·q = {terms} = **{story.dot:.3f}**"]
    if now.model.biases:
        lines.append(
            f"x = {story.dot:.3f} + {story.user_bias:.3f} (user's bias) + {story.item_bias:.3f} (movie's bias) = "
            f"**{story.total:.3f}**"
        )
    if now.model.sigmoid:
        low, high = now.model.rating_range
        lines.append(f"ŷ = {low:g} + {high - low:g} · σ({story.total:.3f}) = **{story.predicted:.3f}** stars")
    else:
        lines.append(f"ŷ = **{story.predicted:.3f}** stars")
    if story.error is None:
        lines.append("There is no rating, so that there is no error: the cell is a guess.")
    else:
        note = ", held out: no step learns from it" if story.role == "held out" else ""
        lines.append(f"error = ŷ - y = {story.predicted:.3f} - {story.rating:g} = **{story.error:+.3f}** stars{note}")
    for line in lines:
        st.markdown(line)


def _moves(story: CellStory, learning_rate: float, weight_decay: float, only_this: bool) -> None:
    if story.moves.empty:
        why = "has no rating" if story.role == "blank" else "is held out"
        st.info(f"This cell {why}, so that no step can learn from it alone.", icon=":material/block:")
        return
    source = "this rating alone" if only_this else "all training cells of the table"
    decay = f" + {weight_decay:g} · now" if weight_decay else ""
    st.caption(f"The gradient over {source}. next = now - {learning_rate:g} · (gradient{decay})")
    moves = story.moves.assign(side=story.moves["side"].replace({"item": "movie"}))
    st.table(_written(moves.rename(columns={"side": "of the", "weight": "number"}), "of the"))


def compare(now: Descent, solution: Solution) -> None:
    """The factors as they are against those of the exact solver."""
    rows = pd.DataFrame(
        {
            "whose": ["your numbers now", "the solver's"],
            "RMSE, training cells": [stars(now.cost.train), stars(solution.train_loss)],
            "RMSE, held-out cells": [stars(now.cost.valid), stars(solution.valid_loss)],
        }
    )
    st.table(rows.set_index("whose"))
    ended = "until nothing moved any more" if solution.settled else "and was still creeping on, as it does unrestrained"
    sigmoid = " It knows no sigmoid: its model is the plain sum." if now.model.sigmoid else ""
    st.caption(
        "Alternating least squares finds the best numbers of all users exactly while those of the movies stand still, "
        "then the other way round, with the same weight decay and from the same random start. It went "
        f"{solution.n_sweeps} times back and forth, {ended}.{sigmoid}"
    )


def _written(frame: pd.DataFrame, label: str) -> pd.DataFrame:
    """The numbers with three decimals, the column `label` in front."""
    written = {str(name): column.map("{:.3f}".format) for name, column in frame.items() if column.dtype.kind == "f"}
    return frame.assign(**written, **{label: frame[label].astype(str)}).set_index(label)
