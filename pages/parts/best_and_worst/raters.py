"""The view of the users: kind and harsh raters."""

import streamlit as st

from cf_core.charts.ranks.raters import rater_cloud
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.run_views import RunView
from pages.parts.best_and_worst import cached
from pages.shared.columns import user_column
from pages.shared.plot import plot
from pages.shared.table import data_table

N_RATERS = 10


def show_raters(run_view: RunView, factors: FittedFactors, ratings: Ratings) -> None:
    """All users as points, the kindest and the harshest as tables."""
    table, words = cached.rater_table(run_view, ratings), ratings.words
    users, biases = table["user_id"].tolist(), table["bias"].tolist()
    alt = (
        f"{len(table):,} users by what others give their {words.items} and what they give; the kindest is user "
        f"{users[0]} with a bias of {biases[0]:+.2f}, the harshest user {users[-1]} with {biases[-1]:+.2f}."
    )
    plot(rater_cloud(table, factors.bias_unit, words), key="raters", alt=alt)
    st.caption(
        f"A high mean has two causes: a kind rater, or good {words.items}. The user's bias separates the two, as far "
        "as the model can tell."
    )
    columns = {
        "rank": st.column_config.NumberColumn("rank", width=55),
        "user_id": user_column(ratings, 55),
        "bias": st.column_config.NumberColumn(
            "bias", format="%+.2f", width=60, help=f"In {words.bias_unit(factors.bias_unit)}."
        ),
        "mean_rating": st.column_config.NumberColumn(
            "gives", format="%.2f", width=60, help=f"The user's mean, in {words.unit}."
        ),
        "others_mean": st.column_config.NumberColumn(
            "others",
            format="%.2f",
            width=65,
            help=f"The mean that others give the same {words.items}, in {words.unit}.",
        ),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=65),
    }
    ends = (("The kindest", "best_kindest", table), ("The harshest", "best_harshest", table[::-1]))
    for column, (name, key, part) in zip(st.columns(2), ends, strict=True):
        with column:
            st.markdown(f"**{name}**")
            first = part.head(N_RATERS)
            data_table(first, column_order=list(columns), column_config=columns, key=key)
