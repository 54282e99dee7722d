"""The neighbours of a movie, by three measures side by side, and what each measure favours."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.similar import norm_cloud
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.similar import MEASURES, Measure, nearest, norms
from cf_core.words import Words
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.table import data_table

N_NEAREST = 10
MEANINGS: dict[Measure, str] = {
    "cosine": "The angle alone: same taste, however strong.",
    "dot": "Angle and length: the strong and often rated come first.",
    "distance": "The straight line between them: same taste and same strength.",
}


def show_nearest(
    factors: FittedFactors, ratings: Ratings, items: NDArray[np.int64], found: list[int], by: Measure
) -> None:
    """Those of each movie that was found, or of the most rated.

    Args:
        items: indices of the movies on the map.
        found: rows of the map.
        by: the measure.
    """
    movies = norms(factors, ratings, items)
    if not found:
        st.caption(f"The most rated {ratings.words.item}. Find or click another.")
    for row in found or [0]:
        st.markdown(f"Nearest to **{escape_markdown(movies['title'].iloc[row])}** by {by}", help=MEANINGS[by])
        table = nearest(factors, int(items[row]), by, N_NEAREST, items)
        rows = pd.Index(items).get_indexer(pd.Index(table["item_idx"]))
        _show_table(movies.iloc[rows].assign(value=table["value"].to_numpy()), by, f"map_nearest_{row}", ratings.words)


def show_measures(factors: FittedFactors, ratings: Ratings, items: NDArray[np.int64], found: list[int]) -> None:
    """What the three measures find for the first movie that was found, or for the most rated, and why they differ;
    arguments as for `show_nearest`."""
    row = found[0] if found else 0
    movies = norms(factors, ratings, items)
    row_of = pd.Series(np.arange(len(items)), index=items)
    near: dict[str, list[int]] = {}
    for column, by in zip(st.columns(3), MEASURES, strict=True):
        table = nearest(factors, int(items[row]), by, N_NEAREST, items)
        near[by] = row_of[table["item_idx"]].tolist()
        with column:
            st.subheader(by.capitalize())
            st.caption(MEANINGS[by])
            _show_table(
                movies.iloc[near[by]].assign(value=table["value"].to_numpy()), by, f"map_near_{by}", ratings.words
            )
    medians = ", ".join(f"{by} {_median(movies.iloc[rows])}" for by, rows in near.items() if rows)
    alt = f"Number of ratings against the length of the factors. Median number of ratings of the neighbours: {medians}."
    plot(norm_cloud(movies, row, near, ratings.words), key="map_norms", alt=alt)
    text = f"Median number of ratings of the neighbours: {medians}; all {ratings.words.items} {_median(movies)}."
    st.caption(escape_markdown(text))


def _median(movies: pd.DataFrame) -> str:
    return f"{movies['n_ratings'].median():,.0f}"


def _show_table(table: pd.DataFrame, by: Measure, key: str, words: Words) -> None:
    data_table(
        table[["title", "value", "n_ratings"]],
        key=key,
        column_config={
            "title": st.column_config.TextColumn(words.item, width=140),
            "value": st.column_config.NumberColumn(by, format="%.2f", width=50),
            "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=50),
        },
    )
