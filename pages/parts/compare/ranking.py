"""Two runs as rankers: for whom each does better, and what both show one user."""

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.duel import ndcg_duel
from cf_core.data.ratings import Ratings
from cf_core.evaluation.duel import ranking_duel_verdict, shown_by_two
from cf_core.evaluation.metrics import K, judge
from cf_core.evaluation.protocol import usual_threshold
from cf_core.evaluation.verdict import Judged
from cf_core.runs.run_views import OwnRun
from pages.parts.compare.keys import Key
from pages.parts.compare.person import choose_user
from pages.shared.plot import plot
from pages.shared.ranked_lists import MOST_PLACES, is_large, lists_of_run, task
from pages.shared.table import data_table

HEIGHT = 400


def show_ranking(one: OwnRun, other: OwnRun, ratings: Ratings) -> None:
    """Two runs on the same split."""
    if is_large(ratings):
        st.info("These data are too large to rank while you wait: the page Ranking does it step by step.")
        return
    words, threshold = ratings.words, usual_threshold(ratings)
    to_find = task(ratings, one.run.spec.split, threshold)
    lists = lists_of_run(one, ratings), lists_of_run(other, ratings)
    rankings = [judge(to_find, each[to_find.users, :K]) for each in lists]
    judged = [Judged(f"**{name}**", None, ranking) for name, ranking in zip("AB", rankings, strict=True)]
    verdict = ranking_duel_verdict(judged[0], judged[1], K)
    st.markdown(
        verdict, help=f"Liked: a validation rating of {words.value(threshold)} or more. Ranking has the protocol."
    )
    user_ids = ratings.users.ids[to_find.users].tolist()
    by_user = pd.DataFrame({"user_id": user_ids, "one": rankings[0].ndcg, "other": rankings[1].ndcg})
    left, right = st.columns([4, 4], gap="medium")
    with left:
        plot(
            ndcg_duel(by_user, K),
            key="compare_ranking",
            alt=verdict.replace("*", ""),
            on_click=lambda click: st.session_state.update({Key.USER: click.customdata[-1]}),
        )
    with st.sidebar:
        user = choose_user(ratings, user_ids)
    with right:
        table = shown_by_two(to_find, ratings, user, lists[0][user], lists[1][user], K)
        table["liked"] = ["✓" if is_relevant else "" for is_relevant in table["is_relevant"]]
        for name in ("place_one", "place_other"):
            table[name] = table[name].astype("string").fillna(f"> {MOST_PLACES}")
        columns = {
            "place_one": st.column_config.TextColumn("A", width=45, help="The place in its list."),
            "place_other": st.column_config.TextColumn("B", width=45, help="The place in its list."),
            "title": st.column_config.TextColumn(words.item, width=200),
            "liked": st.column_config.TextColumn("liked", width=50, help="Among the user's validation ratings."),
            "n_train": st.column_config.NumberColumn("ratings", format="localized", width=60, help="Training ratings."),
        }
        data_table(
            table,
            height=HEIGHT,
            column_order=list(columns),
            column_config=columns,
            key="compare_lists",
        )
