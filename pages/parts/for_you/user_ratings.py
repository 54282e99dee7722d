"""What a user of the data rated, and what the model says of it."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.insight.user_of_data import UserOfData
from cf_core.words import Words
from pages.shared.messages import escape_markdown
from pages.shared.table import data_table

TABLE_HEIGHT = 500
WHAT_IT_IS = (
    "RMSE is how far the predictions are off, in {unit}. The model learnt from the training ratings and never saw "
    "those for validation. The table has the worst predicted first."
)


def show_user_ratings(user: UserOfData, words: Words) -> None:
    """A line of how well the ratings of the user are predicted, and a table of them, the worst predicted first."""
    well = " · ".join(_how_well(user.rated, part) for part in ("training", "validation"))
    st.markdown(f"**{escape_markdown(f'User {user.user_id}')}**: RMSE {well}", help=WHAT_IT_IS.format(unit=words.unit))
    worst_first = user.rated["residual"].abs().sort_values(ascending=False, kind="stable").index
    data_table(
        user.rated.loc[worst_first],
        height=min(TABLE_HEIGHT, 38 + 35 * len(user.rated)),
        key="for_you_of_user",
        name="ratings-of-user",
        column_order=["title", "rating", "predicted", "residual", "part"],
        column_config={
            "title": st.column_config.TextColumn("rated", width=126),
            "rating": st.column_config.NumberColumn("gave", format="%.1f", width=45),
            "predicted": st.column_config.NumberColumn("model", format="%.2f", width=50, help="Predicted."),
            "residual": st.column_config.NumberColumn("residual", format="%+.2f", width=60, help="Rating - model."),
            "part": st.column_config.TextColumn("part", width=76),
        },
    )


def _how_well(table: pd.DataFrame, part: str) -> str:
    """The root mean squared residual of one part of the ratings, and how many they are."""
    residual = table.loc[table["part"] == part, "residual"]
    rmse = f"{math.sqrt(float(np.square(residual.dropna()).mean())):.2f}" if len(residual) else "–"
    return f"{rmse} in {part} ({len(residual):,})"
