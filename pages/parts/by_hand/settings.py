"""The settings of the page By hand, in the sidebar: the model, the step, and what the cells show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import streamlit as st

from cf_core.by_hand.model import SmallModel
from cf_core.by_hand.steps import Cell
from cf_core.charts.data.hand_sheet import Show
from cf_core.data.ratings import Ratings
from pages.parts.by_hand.kept import Setup
from pages.parts.by_hand.keys import Key
from pages.parts.by_hand.state import Step

RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
DECAYS = (0.0, 0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
HELD_OUT = (0, 10, 20, 30, 50)

Batch = Literal["the whole table", "the selected cell"]
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """All that is set beside the sheet."""

    setup: Setup
    model: SmallModel
    learning_rate: float
    weight_decay: float
    batch: Batch
    show: Show

    def step(self, cell: Cell) -> Step:
        """How the next steps are taken while `cell` is selected."""
        return Step(self.learning_rate, self.weight_decay, cell if self.batch == "the selected cell" else None)


def choose_settings(ratings: Ratings) -> Settings:
    """The most used first, the rest folded."""
    words = ratings.words
    help_text = words.told("Numbers per user and per movie.")
    n_factors = st.slider(
        "Factors", 2, 10, 5, key=Key.FACTORS, bind="query-params", persist_state="session", help=help_text
    )
    learning_rate = _pick("Learning rate", RATES, 0.1, Key.RATE, "How far a step goes. Try 5: the numbers explode.")
    weight_decay = _pick("Weight decay", DECAYS, 0.01, Key.DECAY, "Pulls every number towards zero (L2).")
    with st.container(horizontal=True):
        per_each = words.told("One more number per user and per movie, b, added to the dot product.")
        biases = _toggle("Biases", Key.BIASES, per_each)
        sigmoid = _toggle("Sigmoid", Key.SIGMOID, "A sigmoid maps the predictions to the range of the ratings.")
    show: Show = _one_of("Cells show", get_args(Show), Key.SHOW)
    with st.expander("Start and step"):
        help_text = "Of the random start; the same seed starts at the same numbers."
        seed = st.number_input(
            "Seed", 0, 10_000, 0, key=Key.SEED, bind="query-params", persist_state="session", help=help_text
        )
        percent = _pick(
            "Held out (%)", HELD_OUT, 20, Key.HELD_OUT, "Share of the rated cells that no step learns from."
        )
        batch: Batch = _one_of("A step learns from", get_args(Batch), Key.BATCH)
    model = SmallModel(ratings.rating_range, biases, sigmoid)
    setup = Setup(ratings.fingerprint, n_factors, seed, percent / 100, model.factor_size)
    return Settings(setup, model, learning_rate, weight_decay, batch, show)


def _pick(label: str, values: Sequence[float], default: float, key: Key, help: str) -> float:
    """One of a few numbers."""
    return st.select_slider(
        label,
        values,
        default,
        key=key,
        format_func=lambda value: f"{value:g}",
        bind="query-params",
        persist_state="session",
        help=help,
    )


def _toggle(label: str, key: Key, help: str) -> bool:
    return st.toggle(label, key=key, bind="query-params", persist_state="session", help=help)


def _one_of(label: str, options: Sequence[T], key: Key) -> T:
    return st.segmented_control(
        label, options, default=options[0], required=True, key=key, bind="query-params", persist_state="session"
    )
