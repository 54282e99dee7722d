"""What a split does: how much goes where, when and from whom, and which movies training never sees."""

from typing import get_args

import pandas as pd
import streamlit as st

from cf_core.charts.data.splits import split_over_time, validation_share_by_user
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig, SplitKind
from cf_core.data.split_summary import SplitSummary
from cf_core.errors import ConfigError
from cf_core.words import Words
from pages.parts.split.cached import Told, told
from pages.parts.split.keys import Key
from pages.shared import split_choice
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.split_choice import NAMES
from pages.shared.table import data_table

HEIGHT = 326


def compare_splits(ratings: Ratings, selected: SplitConfig) -> None:
    """The three kinds side by side, the selected one as it is set; and why one is impossible for these data. A click on
    a row selects its kind."""
    possible: list[SplitKind] = []
    rows, impossible = [], []
    for kind in get_args(SplitKind):
        config = selected if kind == selected.kind else SplitConfig(kind=kind)
        try:
            rows.append(_row(kind, told(ratings, config).summary, ratings.words))
            possible.append(kind)
        except ConfigError as error:
            impossible.append(f"“{NAMES[kind]}” is impossible for these data: {error}")
    frame = pd.DataFrame(rows)
    columns = {name: st.column_config.NumberColumn(format="localized") for name in frame.columns[1:-1]}
    columns[frame.columns[-1]] = st.column_config.NumberColumn(
        format="percent", help=ratings.words.told("Validation ratings whose movie or user training never sees.")
    )
    rows_selected = [possible.index(selected.kind)] if selected.kind in possible else []
    key = f"{Key.TABLE}_{selected.kind}"
    data_table(
        frame,
        column_config=columns,
        key=key,
        name="splits",
        selection_mode="single-row-required" if rows_selected else "single-row",
        selection_default={"selection": {"rows": rows_selected}},
        on_select=lambda: _select(possible, st.session_state[key]["selection"]["rows"]),
    )
    for sentence in impossible:
        st.caption(escape_markdown(sentence))


def _select(possible: list[SplitKind], rows: list[int]) -> None:
    if rows:
        st.session_state[split_choice.Key.KIND] = possible[rows[0]]


def _row(kind: SplitKind, summary: SplitSummary, words: Words) -> dict[str, str | float]:
    return {
        "split": NAMES[kind],
        "training ratings": summary.n_train,
        "validation ratings": summary.n_valid,
        f"unseen {words.items}": summary.n_new_items,
        "unseen users": summary.n_new_users,
        "unseen share": summary.unseen_share,
    }


def show_split(split: Told) -> None:
    """The split over time, and by user."""
    left, right = st.columns([3, 2])
    with left:
        _show_quarters(split)
    with right:
        n_unseen = int((split.users["n_valid"] == split.users["n_ratings"]).sum())
        alt = f"Share of validation among each user's ratings; {n_unseen:,} users have validation ratings only."
        plot(validation_share_by_user(split.users), key="by_user", alt=alt, height=HEIGHT)


def _show_quarters(split: Told) -> None:
    quarters, summary = split.quarters, split.summary
    if quarters.empty:
        st.caption("This data set has no timestamps, so the split cannot be shown over time.")
        return
    n_train, n_valid = f"{summary.n_train:,}", f"{summary.n_valid:,}"
    alt = f"Ratings of {len(quarters)} quarters; {n_train} for training and {n_valid} for validation."
    plot(split_over_time(quarters), key="quarters", alt=alt, height=HEIGHT)


def show_unseen(split: Told, words: Words) -> None:
    """The movies that have validation ratings only."""
    movies = split.new_items
    if movies.empty:
        st.info(words.told("Every movie with a validation rating has a training rating, too."))
        return
    st.write(
        f"**{split.n_unseen_items:,}** of the {split.summary.n_valid:,} validation ratings are of "
        f"{words.count(len(movies))} that training never sees. For those a model still has its random start. "
        "The most rated:"
    )
    data_table(
        movies.head(10),
        key="split_unseen",
        name=f"unseen-{words.items}",
        column_config={"item_id": f"{words.item} id", "title": words.item, "n_valid": "validation ratings"},
    )
