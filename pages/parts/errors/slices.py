"""The view of the error by slices, beside that of user and movie means."""

from typing import get_args

import streamlit as st

from cf_core.charts.errors.slices import slice_chart
from cf_core.data.ratings import Ratings
from cf_core.insight.error_slices import FEW, Measure, SliceBy, ways_to_slice
from cf_core.runs.run_views import RunView
from cf_core.teaching.error_verdict import slice_verdict
from pages.parts.errors import cached
from pages.parts.errors.keys import Key
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot
from pages.shared.slice_names import slice_names
from pages.shared.table import data_table

FORMULA = (
    "Whiskers: the 95% interval. For the RMSE, with s = std(e²) / √n the standard error of the mean squared error of a "
    "slice's n ratings, it goes from √(MSE − 1.96 s) to √(MSE + 1.96 s); for the MAE from MAE − 1.96 s to MAE + 1.96 s "
    "with s = std(|e|) / √n. Model and means are compared rating by rating: the model is better where its loss is "
    f"lower by more than 1.96 standard errors of the difference. Slices of fewer than {FEW} ratings are not judged."
)
OF_WHAT: dict[SliceBy, str] = {
    "movie": "Of {items} that were never trained the factors are random: there the model has the user's bias at most.",
    "user": "A user's bias and factors are learnt from that user's training ratings alone.",
    "genre": "A rating counts in each genre of its {item}, so it can be in several slices.",
    "decade": "By the year in the title.",
    "rating": "Sliced by the answer itself, every cautious predictor is worst at the ends: few dare to predict them.",
}


def choose_slices(ratings: Ratings) -> SliceBy:
    """What to slice by, of what is known of the data."""
    names = slice_names(ratings.words)
    return choice(
        "Slice by",
        ways_to_slice(ratings),
        key=Key.BY,
        format_func=lambda by: names[by].choice,
        in_address=True,
        label_visibility="collapsed",
    )


def show_slices(run_view: RunView, ratings: Ratings, by: SliceBy) -> None:
    """The verdict, the chart, and the numbers below."""
    with st.sidebar:
        help_text = "RMSE weighs large errors more; MAE counts each by its size."
        measure: Measure = choice(
            "Error", get_args(Measure), key=Key.MEASURE, format_func=str.upper, help=help_text, in_address=True
        )
    table = cached.slice_errors(run_view, ratings, by, measure)
    words = ratings.words
    verdict = slice_verdict(table, by, measure, words)
    of_what = OF_WHAT[by].format(item=words.item, items=words.items)
    st.markdown(escape_markdown(verdict), help=escape_markdown(f"{of_what} {FORMULA}"))
    overall = cached.overall_error(run_view, ratings, measure)
    figure = slice_chart(table, measure, overall, slice_names(words)[by].chart, words=words)
    plot(figure, key="errors_slices", alt=f"{verdict} Over all validation ratings: {overall:.3f} {words.unit}.")
    with st.expander("As a table"):
        counts = {"n_ratings": st.column_config.NumberColumn("ratings", format="localized")}
        in_stars = {
            name: st.column_config.NumberColumn(name.replace("_", " "), format="%.3f")
            for name in table.select_dtypes("float").columns
        }
        data_table(table, column_config={**counts, **in_stars}, key="errors_slice_table", name="errors-by-slice")
