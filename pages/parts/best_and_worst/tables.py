"""Tables of movies in which a ticked row opens the movie's card."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cf_core.words import Words
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.open_card import open_card
from pages.shared.table import data_table


def show_movies(table: pd.DataFrame, key: str, name: str, columns: Mapping[str, Any]) -> None:
    """The table, of which only `columns` are shown, and saved in a file of that name."""
    table_key = f"{key}_{st.session_state.get(Key.CLOSED, 0)}"  # another table after each card, with no row ticked
    data_table(
        table,
        column_order=list(columns),
        column_config=dict(columns),
        key=table_key,
        name=name,
        selection_mode="single-row",
        on_select=lambda: _open_ticked(table, st.session_state[table_key]["selection"]["rows"]),
    )


def _open_ticked(table: pd.DataFrame, rows: list[int]) -> None:
    if rows:
        open_card(table["item_id"].tolist()[rows[0]])


def columns_of(unit: str, words: Words, *names: str) -> dict[str, Any]:
    """How the columns of these names look, where biases are in `unit`."""
    unit, plain, signed = words.bias_unit(unit), "%.2f", "%+.2f"
    known = {
        "rank": st.column_config.NumberColumn("rank", width=55),
        "title": st.column_config.TextColumn(words.item, width=190),
        "rise": st.column_config.NumberColumn("rise", format="%+d", width=65, help="Places gained from mean to bias."),
        "mean_rank": st.column_config.NumberColumn("by mean", format="localized", width=75, help="Rank by mean."),
        "bias_rank": st.column_config.NumberColumn("by bias", format="localized", width=75, help="Rank by bias."),
        "mean_rating": st.column_config.NumberColumn(
            "mean", format=plain, width=60, help=f"Of its ratings, in {words.unit}."
        ),
        "bias": st.column_config.NumberColumn("bias", format=signed, width=60, help=f"In {unit}."),
        "in_stars": st.column_config.NumberColumn(
            f"in {words.unit}", format=signed, width=75, help="What the bias adds to a prediction, about."
        ),
        "standard_error": st.column_config.NumberColumn("±", format=plain, width=50, help="One standard error."),
        "rater_mean": st.column_config.NumberColumn(
            "raters give", format=plain, width=85, help=f"The mean of its raters' own means, in {words.unit}."
        ),
        "rater_kindness": st.column_config.NumberColumn(
            "kindness", format=signed, width=75, help=f"The mean bias of its raters, in {unit}."
        ),
        "rater_taste": st.column_config.NumberColumn(
            "taste", format=signed, width=65, help=f"The mean product of its factors and its raters', in {unit}."
        ),
        "residual": st.column_config.NumberColumn(
            "residual", format=signed, width=80, help=f"The mean of rating minus prediction, in {words.unit}."
        ),
        "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=70),
    }
    return {name: known[name] for name in names}
