"""The split: which ratings train and which validate, drawn at random, by time, or the last few of each user."""

from typing import cast, get_args

import pandas as pd
import streamlit as st

from cf_core.charts.data.splits import held_back_by_user, split_over_time
from cf_core.data.split import Split, SplitConfig, SplitKind
from cf_core.data.split_summary import by_user, new_items, over_time, split_facts
from cf_core.errors import ConfigError
from pages.shared import cached, session
from pages.shared.app_frame import heading
from pages.shared.messages import say_error
from pages.shared.metrics import row_of_numbers
from pages.shared.plot import plot

KINDS: dict[SplitKind, str] = {"random": "At random", "time": "By time", "last-k": "The last of each user"}
SAYING: dict[SplitKind, str] = {
    "random": "A shuffle of all ratings; the first of them validate. It is the lesson's, with its seed of 42 and a "
    "fifth held back. Training then knows ratings that are later than those it is judged by.",
    "time": "The latest ratings validate. It is the hardest and the most honest question: what will people rate next, "
    "among them users and movies that nobody has met yet?",
    "last-k": "The last few ratings of each user validate; a user always keeps one to train on. Every user is known to "
    "training, and each counts about as much as any other.",
}


def choose() -> SplitConfig:
    kind = cast(
        SplitKind,
        st.segmented_control("Drawn", get_args(SplitKind), default="random", required=True, key="kind",
                             format_func=lambda kind: KINDS[kind], bind="query-params"),
    )  # fmt: skip
    st.caption(SAYING[kind])
    left, right = st.columns(2)
    values: dict[str, float | int] = {}
    if kind != "last-k":
        values["valid_fraction"] = (
            left.slider("Held back (%)", 5, 50, 20, 5, key="held_back", bind="query-params") / 100
        )
    if kind == "random":
        values["seed"] = right.number_input("Seed", 0, 2**32 - 1, 42, key="split_seed", bind="query-params")
    if kind == "last-k":
        values["k"] = left.slider("Ratings of each user", 1, 20, 5, key="last_k", bind="query-params")
    return SplitConfig(kind=kind, **values)  # type: ignore[arg-type]


def show(split: Split) -> None:
    facts = split_facts(split)
    row_of_numbers(
        {
            "To train on": f"{facts.n_train:,}",
            "To validate": f"{facts.n_valid:,}",
            "Unseen movies": f"{facts.n_new_items:,}",
            "Unseen users": f"{facts.n_new_users:,}",
        },
        {"Unseen movies": "Movies that only validation has.", "Unseen users": "Users that only validation has."},
    )
    left, right = st.columns(2)
    with left:
        months = over_time(split)
        if len(months):
            alt = f"Ratings of {len(months)} months; {facts.n_train:,} train and {facts.n_valid:,} validate."
            plot(split_over_time(months), key="months", alt=alt)
        else:
            st.caption("This data set has no timestamps, so that there is no time to show the split over.")
    with right:
        users = by_user(split)
        whole = int((users["n_valid"] == users["n_ratings"]).sum())
        alt = f"Share of each user's ratings that is held back; {whole:,} users are held back whole."
        plot(held_back_by_user(users), key="by_user", alt=alt)


def unseen(split: Split) -> None:
    movies = new_items(split)
    if movies.empty:
        st.info("Training sees every movie that it is judged by.")
        return
    st.write(
        f"**{split.n_unseen_items:,}** of the {len(split.valid_rows):,} validation ratings are of {len(movies):,} "
        "movies that training never sees. All that a model can say of those is what it started with. The most rated:"
    )
    st.dataframe(
        movies.head(10),
        hide_index=True,
        column_config={"item_id": "movie id", "title": "movie", "n_valid": "validation ratings"},
    )


def compare(chosen: SplitConfig) -> None:
    """The three kinds side by side, the chosen one as it is set."""
    rows = []
    for kind in get_args(SplitKind):
        config = chosen if kind == chosen.kind else SplitConfig(kind=kind)
        try:
            facts = split_facts(cached.split(ratings.fingerprint, config, ratings))
        except ConfigError:
            continue  # a kind that these data do not allow
        rows.append(
            {
                "drawn": KINDS[kind],
                "to train on": facts.n_train,
                "to validate": facts.n_valid,
                "unseen movies": facts.n_new_items,
                "unseen users": facts.n_new_users,
                "validation ratings of either": facts.unseen_share,
            }
        )
    frame = pd.DataFrame(rows)
    columns = {name: st.column_config.NumberColumn(format="localized") for name in frame.columns[1:-1]}
    columns[frame.columns[-1]] = st.column_config.NumberColumn(format="percent")
    st.dataframe(frame, hide_index=True, column_config=columns)


heading(
    "Split",
    "A model is judged by ratings that it has not learnt from. Which ratings are held back decides what the question "
    "is, and how many of its movies the model has never met.",
    "draw by time and watch what happens to the unseen movies.",
)
ratings = session.ratings()
config = choose()
try:
    split = cached.split(ratings.fingerprint, config, ratings)
except ConfigError as error:
    say_error(error)
    st.stop()
show(split)
st.subheader("Movies that training never sees")
unseen(split)
st.subheader("The three side by side")
compare(config)
