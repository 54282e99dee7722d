"""One ranker: its figures, and what it shows to one user."""

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.evaluation.one_user import shown_to, typical_user
from cf_core.evaluation.protocol import RankingTask
from cf_core.words import Words
from pages.parts.ranking.contest import Contest, Entrant
from pages.parts.ranking.keys import Key
from pages.shared import address, session
from pages.shared.metrics import counted
from pages.shared.ranked_lists import MOST_PLACES
from pages.shared.table import data_table

ROW, N_ROWS = 24, 11
"""Pixels of a row of the table, and how many with its header are in view: ten movies without scrolling."""


def chosen_ranker(contest: Contest) -> str:
    """The ranker that is looked at: the one in the box, which follows the run of the sidebar; until one is chosen, the
    run that predicts best."""
    runs = contest.summaries(runs=True)
    default = min(runs, key=lambda run: run.rmse or 0.0).name if runs else "popular"
    selected = session.selected_run()
    followed = None if selected is None else selected.run.run_id
    before = st.session_state.get(Key.FOLLOWED)
    if followed != before and followed in contest.entrants and (before is not None or session.chosen_by_hand()):
        st.session_state[Key.RANKER] = followed
    st.session_state[Key.FOLLOWED] = followed
    name = st.session_state.get(Key.RANKER)
    if name not in contest.entrants or name == st.session_state.get(Key.DEFAULT):
        wanted = st.query_params.get(Key.RANKER)
        st.session_state[Key.RANKER] = wanted if wanted in contest.entrants else default
    st.session_state[Key.DEFAULT] = default
    name = str(st.session_state[Key.RANKER])
    address.keep(Key.RANKER, None if name == default else name)
    return name


def choose_ranker(contest: Contest) -> Entrant:
    """The box, and the ranker in it."""
    titles = contest.titles()
    name = st.selectbox("Ranker", list(titles), key=Key.RANKER, format_func=titles.__getitem__, persist_state="session")
    return contest.entrants[name]


def show_figures(entrant: Entrant, k: int, words: Words) -> None:
    """Its figures in two lines."""
    summary = entrant.summary
    rmse = f"predicts no {words.unit}" if summary.rmse is None else f"RMSE **{summary.rmse:.3f}** {words.unit}"
    st.markdown(
        f"NDCG@{k} **{summary.ndcg:.3f}** ± {summary.ndcg_error:.3f} · recall **{summary.recall:.3f}** · {rmse}  \n"
        f"shows **{summary.coverage:.1%}** of all {words.items}, of **{summary.popularity:,.0f}** training ratings each"
    )


def choose_user(ratings: Ratings, task: RankingTask, contest: Contest) -> int:
    """The box, and the index of the user in it: one of those who have something to find, at first one for whom the
    baselines do about as well as for all."""
    users = sorted(ratings.users.ids[task.users].tolist())
    if st.session_state.get(Key.USER) not in users:
        named = {str(user): user for user in users}
        baselines = [entrant.ranking for entrant in contest.entrants.values() if not entrant.is_run]
        default = ratings.users.ids[[typical_user(task, baselines)]].tolist()[0]
        st.session_state[Key.USER] = named.get(st.query_params.get(Key.USER, ""), default)
    user_id = st.selectbox("Shown to user", users, key=Key.USER, persist_state="session")
    address.keep(Key.USER, str(user_id))
    return int(ratings.users.index_of([user_id])[0])


def show_list(ratings: Ratings, task: RankingTask, entrant: Entrant, user: int, k: int) -> None:
    """The user's top k with the hits marked, and below them the movies that they liked and were not shown."""
    table, words = shown_to(task, ratings, user, entrant.lists[user], k), ratings.words
    n_hits, n_liked = int((table["is_hit"] & table["is_shown"]).sum()), int(table["is_hit"].sum())
    st.markdown(
        f"Top {k}: **{counted(n_hits, 'hit')}** of {n_liked:,} liked {words.items if n_liked != 1 else words.item}; "
        "the others below."
    )
    shown, hit = table["is_shown"], table["is_hit"]
    table["mark"] = [
        "✓ hit" if is_hit and is_shown else "missed" if is_hit else ""
        for is_hit, is_shown in zip(hit, shown, strict=True)
    ]
    table["place"] = [
        f"over {MOST_PLACES}" if is_missing else str(place)
        for place, is_missing in zip(table["place"], table["place"].isna(), strict=True)
    ]
    columns = {
        "place": st.column_config.TextColumn("place", width=50),
        "title": st.column_config.TextColumn(words.item, width=170),
        "mark": st.column_config.TextColumn("liked", width=60, help="Among their validation ratings."),
        "n_train": st.column_config.NumberColumn("ratings", format="localized", width=60, help="Training ratings."),
    }
    data_table(
        table,
        height=ROW * N_ROWS + 16,
        row_height=ROW,
        column_order=list(columns),
        column_config=columns,
        key="ranking_list",
    )
