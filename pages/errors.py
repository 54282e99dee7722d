"""Errors: where the model is wrong, how far, and why; from a bad prediction to the neighbours who would have known
better."""

from typing import get_args

import streamlit as st

from cf_core.errors import MissingPartError
from pages.parts.errors.actual import show_actual
from pages.parts.errors.keys import Key, View
from pages.parts.errors.slices import choose_slices, show_slices
from pages.parts.errors.worst import show_worst
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown
from pages.shared.need_run import need_factors, offer_training
from pages.shared.predictions import predicted
from pages.shared.steps import BY_NAME

page_header(
    BY_NAME["errors"].title,
    "One RMSE hides much: a model can be good on movies that everybody rates and no better than their means on the "
    "rest. All errors here are those of validation ratings, which the model never saw.",
    "open one of the worst predictions, and ask the neighbours.",
)
ratings = session.ratings()
run_view, _ = need_factors(ratings)
try:
    predicted(run_view, ratings)
except MissingPartError as error:
    st.info(escape_markdown(str(error)), icon=":material/info:")
    offer_training("notebook-learner")
    st.stop()

with st.container(horizontal=True, key="errors_views"):
    view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
    by = choose_slices(ratings) if view == "By slice" else "movie"
if view == "By slice":
    show_slices(run_view, ratings, by)
elif view == "Predicted vs actual":
    show_actual(run_view, ratings)
else:
    show_worst(run_view, ratings)
