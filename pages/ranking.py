"""Rating beside ranking: which runs predict stars well, which put on top what people like, and why that differs."""

import streamlit as st

from cf_core.charts.ranks.ranking import rating_against_ranking
from cf_core.data.split import SplitConfig
from pages.parts.ranking.close_up import choose_ranker, choose_user, chosen_ranker, show_figures, show_list
from pages.parts.ranking.contest import hold_contest
from pages.parts.ranking.depth import show_popularity, show_table
from pages.parts.ranking.keys import Key
from pages.parts.ranking.lists import show_pending
from pages.parts.ranking.settings import choose_k, choose_measure, choose_threshold
from pages.parts.ranking.words import show_left_out, show_verdict
from pages.shared import ranked_lists, session
from pages.shared.app_frame import page_header
from pages.shared.plot import plot
from pages.shared.run.view import show_run

PANEL_HEIGHT = 500

page_header(
    "Ranking",
    "For each user, a ranker orders the movies that they have not rated in training. The movies that they liked among "
    "their validation ratings should stand on top. A model that predicts stars well need not do that well.",
    "find the run with the best RMSE; then see what beats it.",
)
ratings = session.ratings()
selected_run = session.selected_run()
if selected_run is not None and selected_run.run.unfinished:
    show_run(selected_run)
    st.stop()
split = SplitConfig() if selected_run is None else selected_run.run.spec.split
with st.sidebar:
    k = choose_k()
    threshold = choose_threshold(ratings)
    measure = choose_measure()
task = ranked_lists.task(ratings, split, threshold)
contest = hold_contest(ratings, split, task, k)
if contest.pending:
    show_pending(contest.pending)
if "popular" not in contest.entrants:
    st.stop()
selected = chosen_ranker(contest)
show_verdict(contest, split, k, ratings.words)

left, right = st.columns([5, 4], gap="small")
with left:
    runs, baselines = contest.summaries(runs=True), contest.summaries(runs=False)
    figure = rating_against_ranking(runs, baselines, contest.titles(), measure, k, selected, ratings.words)
    said = "; ".join(f"{contest.entrants[each.name].title} {getattr(each, measure):.3f}" for each in runs + baselines)
    alt = f"Rankers by RMSE and {measure}: {said}."
    plot(
        figure,
        key="ranking",
        alt=alt,
        height=PANEL_HEIGHT,
        on_click=lambda click: st.session_state.update({Key.RANKER: str(click.customdata[-1])}),
    )
with right, st.container(height=PANEL_HEIGHT, border=False, gap="small", key="ranking_panel"):
    ranker_box, user_box = st.columns([3, 2], gap="small")
    with ranker_box:
        entrant = choose_ranker(contest)
    with user_box:
        user = choose_user(ratings, task, contest)
    show_figures(entrant, k, ratings.words)
    show_list(ratings, task, entrant, user, k)
show_left_out(contest)
below_left, below_right = st.columns(2, gap="medium")
with below_left:
    show_table(contest, k, ratings.words)
with below_right:
    show_popularity(contest, task, selected, ratings.words)
