"""What a visitor sets on the page By hand: the model, the step, the cell that is written out; and the buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

from cf_core.by_hand.descent import Descent
from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import Cell
from cf_core.data.ratings import Ratings
from pages.parts.by_hand import state
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.state import Setup
from pages.shared.choice import choice

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
DECAYS = (0.0, 0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
HELD_OUT = (0, 10, 20, 30, 50)

Batch = Literal["the whole table", "the selected cell"]


@dataclass(frozen=True)
class Step:
    """How a step is taken: from one cell, or from the whole table where `only` is None."""

    learning_rate: float
    weight_decay: float
    only: Cell | None


def choose_model(ratings: Ratings) -> tuple[Setup, SmallModel]:
    """What the table begins from, and the model that predicts."""
    left, middle, right, toggles = st.columns(4)
    with left:
        help_text = "Numbers per user and per movie."
        n_factors = st.slider("Factors", 2, 10, 5, key=Key.FACTORS, bind="query-params", help=help_text)
    with middle:
        help_text = "Of the random start; the same seed starts at the same numbers."
        seed = st.number_input("Seed", 0, 10_000, 0, key=Key.SEED, bind="query-params", help=help_text)
    with right:
        help_text = "Share of the rated cells that no step learns from."
        percent = _pick("Held out (%)", HELD_OUT, 20, Key.HELD_OUT, help_text)
    with toggles:
        help_text = "One more number per user and per movie."
        biases = st.toggle("Biases", key=Key.BIASES, bind="query-params", help=help_text)
        help_text = "A sigmoid maps the predictions to the range of the ratings."
        sigmoid = st.toggle("Sigmoid range", key=Key.SIGMOID, bind="query-params", help=help_text)
    setup = Setup(ratings.fingerprint, n_factors, seed, percent / 100)
    return setup, SmallModel(ratings.rating_range, biases, sigmoid)


def choose_step(cell: Cell) -> Step:
    """How the next steps are taken, if from a single cell then from `cell`."""
    left, middle, right = st.columns(3)
    with left:
        learning_rate = _pick("Learning rate", RATES, 0.1, Key.RATE)
    with middle:
        weight_decay = _pick("Weight decay", DECAYS, 0.01, Key.DECAY, "Pulls every number towards zero (L2).")
    with right:
        batch: Batch = choice("A step learns from", get_args(Batch), key=Key.BATCH, in_address=True)
    return Step(learning_rate, weight_decay, cell if batch == "the selected cell" else None)


def choose_cell(now: Descent) -> Cell:
    """Two boxes; a click on a cell sets them too."""
    left, right = st.columns(2)
    users, titles = now.table.user_ids, now.table.titles
    row = left.selectbox("User of the cell", range(len(users)), key=Key.USER, format_func=lambda i: f"user {users[i]}")
    column = right.selectbox("Movie of the cell", range(len(titles)), key=Key.MOVIE, format_func=titles.__getitem__)
    return row, column


def buttons(now: Descent, step: Step) -> None:
    """One step, ten, or play; undo and reset."""
    how = (step.learning_rate, step.weight_decay, step.only)
    with st.container(horizontal=True):
        st.button("One step", key="hand_one_step", type="primary", on_click=state.take_steps, args=(1, *how))
        st.button("Ten steps", key="hand_ten_steps", on_click=state.take_steps, args=(10, *how))
        if state.playing():
            st.button("Stop", key="hand_stop", icon=":material/stop:", on_click=state.play, args=(False,))
        else:
            st.button("Play", key="hand_play", icon=":material/play_arrow:", on_click=state.play, args=(True,))
        st.button("Undo", key="hand_undo", icon=":material/undo:", disabled=not now.past, on_click=state.undo)
        help_text = "Back to the random start of the seed."
        st.button("Reset", key="hand_reset", icon=":material/restart_alt:", on_click=state.reset, help=help_text)


def _pick(label: str, values: Sequence[float], default: float, key: Key, help: str | None = None) -> float:
    """One of a few numbers, kept in the address."""
    return st.select_slider(
        label, values, default, key=key, format_func=lambda value: f"{value:g}", bind="query-params", help=help
    )
