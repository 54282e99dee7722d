"""The view of predicted against actual ratings."""

import numpy as np
import streamlit as st

from cf_core.charts.errors.calibration import calibration_chart
from cf_core.charts.errors.predicted import predicted_heatmap
from cf_core.data.ratings import Ratings
from cf_core.runs.run_views import RunView
from cf_core.teaching.error_verdict import calibration_verdict
from pages.parts.errors import cached
from pages.shared.messages import escape_markdown
from pages.shared.plot import plot

EXPLANATION = (
    "Left: the validation ratings in order of their predictions, cut into ten bins of equal numbers; the whiskers "
    "are one standard error, std / √n. On the dotted line predictions mean what they say. Right: the same ratings "
    "one by one, predictions and ratings to the nearest rating that can be given, or even step; colours are shares "
    "of a row. A model can be calibrated and yet know little: always predicting the mean is."
)


def show_actual(run_view: RunView, ratings: Ratings) -> None:
    """The verdict, the calibration, and the table of predicted by actual ratings."""
    bins, table = cached.calibration(run_view, ratings)
    verdict = calibration_verdict(bins, ratings.words)
    st.markdown(escape_markdown(verdict), help=escape_markdown(EXPLANATION))
    left, right = st.columns(2)
    with left:
        plot(calibration_chart(bins, ratings.words), key="errors_calibration", alt=verdict)
    with right:
        counts = table.to_numpy()
        given, said = np.unravel_index(int(counts.argmax()), counts.shape)
        rating = ratings.words.value(float(table.index[int(given)]))
        most = f"{float(table.columns[int(said)]):g} was predicted and {rating} given"
        alt = f"Most often, {counts.max():,} times, {most}."
        plot(predicted_heatmap(table, ratings.words), key="errors_heatmap", alt=alt)
