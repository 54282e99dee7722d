"""The neighbours of a movie by three measures side by side, and what each measure favours."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.similar import norm_cloud
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.similar import MEASURES, nearest, norms
from pages.shared.messages import plain
from pages.shared.plot import plot

N_NEAREST = 10
_SAYS = {
    "cosine": "The angle alone: same taste, however strong.",
    "dot": "Angle and length: strong, much rated movies come first.",
    "distance": "As the crow flies: same taste and same strength.",
}


def show_neighbours(factors: FittedFactors, ratings: Ratings, items: NDArray[np.int64], found: list[int]) -> None:
    """The movie that was found, or the most rated.

    Args:
        items: indices of the movies on the map.
        found: rows of the map.
    """
    row = found[0] if found else 0
    movies = norms(factors, ratings, items)
    st.markdown(f"**{plain(movies['title'].iloc[row])}**")
    if not found:
        st.caption("The most rated movie. Find or click another one above, and this is about that.")
    row_of = pd.Series(np.arange(len(items)), index=items)
    near: dict[str, list[int]] = {}
    for column, by in zip(st.columns(3), MEASURES, strict=True):
        table = nearest(factors, int(items[row]), by, N_NEAREST, items)
        near[by] = row_of[table["item_idx"]].tolist()
        with column:
            st.subheader(by.capitalize())
            st.caption(_SAYS[by])
            _show(movies.iloc[near[by]].assign(value=table["value"].to_numpy()), by)
    medians = ", ".join(f"{by} {movies['n_ratings'].iloc[rows].median():,.0f}" for by, rows in near.items() if rows)
    alt = f"Number of ratings against the length of the factors. Median number of ratings of the neighbours: {medians}."
    plot(norm_cloud(movies, row, near), key="norms", alt=alt)
    st.caption(plain(f"Median number of ratings of the neighbours: {medians}; all movies {_median(movies)}."))


def _median(movies: pd.DataFrame) -> str:
    return f"{movies['n_ratings'].median():,.0f}"


def _show(table: pd.DataFrame, by: str) -> None:
    st.dataframe(
        table[["title", "value", "n_ratings"]],
        hide_index=True,
        key=f"near_{by}",
        column_config={
            "title": st.column_config.TextColumn("movie", width=125),
            "value": st.column_config.NumberColumn(by, format="%.2f", width=60),
            "n_ratings": st.column_config.NumberColumn("ratings", format="localized", width=60),
        },
    )
