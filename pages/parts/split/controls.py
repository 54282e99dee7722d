"""Which split: its kind, and what there is to set for that kind. The address keeps all of it."""

from enum import StrEnum
from typing import get_args

import streamlit as st

from cf_core.data.split import SplitConfig, SplitKind
from pages.shared.choice import choice

NAMES: dict[SplitKind, str] = {"random": "At random", "time": "By time", "last-k": "The last of each user"}
EXPLANATIONS: dict[SplitKind, str] = {
    "random": "All ratings are shuffled, and the first of them are held back. It is the lesson's split, with seed 42 "
    "and 20%. Training then knows ratings that are newer than those it is judged by.",
    "time": "The newest ratings are held back. It is the hardest and the most honest question: what will people rate "
    "next, including users and movies that nobody has met yet?",
    "last-k": "The last few ratings of each user are held back; every user keeps at least one to train on. Training "
    "knows every user, and each counts about as much as any other.",
}


class Key(StrEnum):
    KIND = "kind"
    VALID_PERCENT = "held_back"
    SEED = "split_seed"
    K = "last_k"
    TABLE = "split_table"
    TRAIN = "train_on_split"
    STARTED = "split_started_run"


def choose_split() -> SplitConfig:
    """The controls, and the split that they make."""
    kind: SplitKind = choice(
        "Ratings for validation",
        get_args(SplitKind),
        key=Key.KIND,
        format_func=NAMES.__getitem__,
        in_address=True,
    )
    if kind == "last-k":
        return SplitConfig(kind=kind, k=st.slider("Ratings per user", 1, 20, 5, key=Key.K, bind="query-params"))
    percent = st.slider("Validation (%)", 5, 50, 20, 5, key=Key.VALID_PERCENT, bind="query-params")
    if kind == "time":
        return SplitConfig(percent / 100, kind=kind)
    seed = st.number_input("Seed", 0, 2**32 - 1, 42, key=Key.SEED, bind="query-params")
    return SplitConfig(percent / 100, seed, kind)
