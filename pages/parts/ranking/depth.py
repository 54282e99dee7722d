"""Below the picture: all figures in a table, and how popular what each ranker shows is."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from cf_core.charts.ranks.popularity import popularity_lines
from cf_core.evaluation.metrics import popularity_by_place
from cf_core.evaluation.protocol import RankingTask
from cf_core.words import Words
from pages.parts.ranking.contest import Contest
from pages.shared.plot import plot
from pages.shared.table import data_table

MOST_LINES = 6


def show_table(contest: Contest, k: int, words: Words) -> None:
    """All rankers, the best NDCG first, with one standard error over the users."""
    table = pd.DataFrame([asdict(entrant.summary) for entrant in contest.entrants.values()])
    table.insert(0, "title", list(contest.titles().values()))
    table = table.sort_values("ndcg", ascending=False, kind="stable")
    decimals, error = "%.3f", "One standard error over the users."
    columns = {
        "title": st.column_config.TextColumn("ranker", width=170, pinned=True),
        "rmse": st.column_config.NumberColumn(
            "RMSE", format=decimals, width=60, help=f"In {words.unit}; – where it predicts none."
        ),
        "mae": st.column_config.NumberColumn(
            "MAE", format=decimals, width=60, help=f"In {words.unit}; – where it predicts none."
        ),
        "ndcg": st.column_config.NumberColumn(f"NDCG@{k}", format=decimals, width=75),
        "ndcg_error": st.column_config.NumberColumn("±", format=decimals, width=55, help=error),
        "recall": st.column_config.NumberColumn(f"recall@{k}", format=decimals, width=75),
        "recall_error": st.column_config.NumberColumn("± ", format=decimals, width=55, help=error),
        "coverage": st.column_config.NumberColumn("coverage", format="percent", width=75),
        "popularity": st.column_config.NumberColumn("ratings", format="%.0f", width=65, help="Of what it shows, mean."),
    }
    st.markdown(f"**All rankers**, over {table['n_users'].iloc[0]:,} users")
    data_table(
        table,
        column_order=list(columns),
        column_config=columns,
        placeholder="–",
        key="ranking_table",
        name="rankers",
    )


def show_popularity(contest: Contest, task: RankingTask, selected: str, words: Words) -> None:
    """The popularity of each place: the selected ranker, the baselines, and the newest other runs."""
    first = [selected, *(name for name, entrant in contest.entrants.items() if not entrant.is_run)]
    names = list(dict.fromkeys([*first, *contest.entrants]))[:MOST_LINES]
    n_train = task.candidates.n_train_by_item
    lines = {
        contest.entrants[name].title: popularity_by_place(contest.entrants[name].ranking, n_train) for name in names
    }
    said = "; ".join(f"{title} {means[0]:,.0f}" for title, means in lines.items())
    alt = f"Training ratings of the {words.item} at each place. At the first place: {said}."
    plot(popularity_lines(lines, contest.entrants[selected].title, words), key="ranking_popularity", alt=alt)
