"""The errors of two runs: slice by slice, and the validation ratings on which they disagree most."""

from typing import get_args

import numpy as np
import streamlit as st

from cf_core.charts.errors.slices import Names, slice_chart
from cf_core.data.ratings import Ratings
from cf_core.insight.disagreements import disagreements
from cf_core.insight.error_slices import Measure, SliceBy, slice_errors, slices, ways_to_slice
from cf_core.runs.run_views import OwnRun
from cf_core.teaching.error_verdict import error_duel_verdict
from pages.parts.compare.keys import Key
from pages.shared import cached
from pages.shared.choice import choice
from pages.shared.columns import user_column
from pages.shared.plot import plot
from pages.shared.predictions import predicted, residual
from pages.shared.slice_names import slice_names
from pages.shared.table import data_table


def show_errors(one: OwnRun, other: OwnRun, ratings: Ratings) -> None:
    """Two runs on the same split."""
    words, names = ratings.words, slice_names(ratings.words)
    with st.sidebar:
        by: SliceBy = choice(
            "Slice by", ways_to_slice(ratings), key=Key.BY, format_func=lambda by: names[by].choice, in_address=True
        )
        measure: Measure = choice("Error", get_args(Measure), key=Key.MEASURE, format_func=str.upper, in_address=True)
    split = cached.split(ratings, one.run.spec.split)
    residuals = residual(one, ratings), residual(other, ratings)
    table = slice_errors(slices(split, by), *residuals, measure)
    verdict = error_duel_verdict(table)
    st.markdown(
        verdict,
        help="Compared rating by rating; a slice counts where the difference is over 1.96 of its standard errors.",
    )
    left, right = st.columns([5, 4], gap="small")
    with left:
        losses = np.square(residuals[0]) if measure == "rmse" else np.abs(residuals[0])
        overall = float(np.sqrt(losses.mean()) if measure == "rmse" else losses.mean())
        figure = slice_chart(table, measure, overall, names[by].chart, Names("A", "B", "B"), words)
        plot(figure, key="compare_errors", alt=f"{verdict} Over all validation ratings, A: {overall:.3f} {words.unit}.")
    with right:
        st.markdown("**Where they disagree most**", help="Of the validation ratings. Closer: whose prediction is.")
        apart = disagreements(split, predicted(one, ratings), predicted(other, ratings))
        apart["closer"] = apart["closer"].map({"one": "A", "other": "B", "both": "both"})
        numbers = {
            name: st.column_config.NumberColumn(label, format="%.1f", width=45)
            for name, label in (("rating", "given"), ("one", "A"), ("other", "B"))
        }
        columns = {
            "user_id": user_column(ratings, 45),
            "title": st.column_config.TextColumn(words.item, width=150),
            **numbers,
            "closer": st.column_config.TextColumn("closer", width=50),
        }
        data_table(apart, column_order=list(columns), column_config=columns, key="compare_apart")
