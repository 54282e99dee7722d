"""Which split: its kind, and what there is to set for that kind. The session keeps it, so that Split and Train have
the same one, and so does the address."""

from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig, SplitKind
from pages.shared.choice import choice

NAMES: dict[SplitKind, str] = {"random": "At random", "time": "By time", "last-k": "The last of each user"}
EXPLANATIONS: dict[SplitKind, str] = {
    "random": "All ratings are shuffled, and the first of them validate. It is the lesson's split, with seed 42 "
    "and 20%. Training then knows ratings that are newer than those it is judged by.",
    "time": "The newest ratings validate. It is the hardest and the most honest question: what will people rate "
    "next, including users and movies that nobody has met yet?",
    "last-k": "The last few ratings of each user validate; every user keeps at least one to train on. Training "
    "knows every user, and each counts about as much as any other.",
}


_LABEL = "Ratings for validation"


class Key(StrEnum):
    KIND = "kind"
    ONLY_KIND = "only_kind"
    VALID_PERCENT = "held_back"
    SEED = "split_seed"
    K = "last_k"


def split_name(config: SplitConfig) -> str:
    """A split in a few words."""
    if config == SplitConfig():
        return "at random, as in the lesson"
    if config.kind == "last-k":
        return f"the last {config.k} of each user"
    share = f"{config.valid_fraction:.0%}"
    return f"by time, the newest {share}" if config.kind == "time" else f"at random, {share}, seed {config.seed}"


def take_lesson_split() -> None:
    """Go back to the lesson's split. For `on_click`, where `choose_split` is drawn afterwards."""
    st.session_state.update({Key.KIND: "random", Key.VALID_PERCENT: 20, Key.SEED: 42})


def choose_split(ratings: Ratings) -> SplitConfig:
    """The controls, and the split that they make: of data without timestamps always at random."""
    kind = _choose_kind() if ratings.timestamp is not None else _show_only_kind()
    if kind == "last-k":
        return SplitConfig(kind=kind, k=_slider("Ratings per user", 1, 20, 5, 1, Key.K))
    percent = _slider("Validation (%)", 5, 50, 20, 5, Key.VALID_PERCENT)
    if kind == "time":
        return SplitConfig(percent / 100, kind=kind)
    seed = st.number_input(
        "Seed of the split", 0, 2**32 - 1, 42, key=Key.SEED, bind="query-params", persist_state="session"
    )
    return SplitConfig(percent / 100, seed, kind)


def _choose_kind() -> SplitKind:
    return choice(_LABEL, get_args(SplitKind), key=Key.KIND, format_func=NAMES.__getitem__, in_address=True)


def _show_only_kind() -> SplitKind:
    """The same choice, of which only one is possible, and why. What was chosen for other data stays."""
    st.segmented_control(
        _LABEL, get_args(SplitKind), default="random", key=Key.ONLY_KIND, format_func=NAMES.__getitem__, disabled=True
    )
    st.caption("These data have no timestamps, which the other two need.")
    return "random"


def _slider(label: str, low: int, high: int, at_first: int, step: int, key: Key) -> int:
    value = st.slider(label, low, high, at_first, step, key=key, bind="query-params", persist_state="session")
    return int(value)
