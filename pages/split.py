"""The split: which ratings are for training and which for validation, at random, by time, or the last of each user."""

import streamlit as st

from cf_core.errors import ConfigError
from pages.parts.split.controls import choose_split
from pages.parts.split.views import compare_splits, show_split, show_unseen
from pages.shared import cached, session
from pages.shared.app_frame import page_header
from pages.shared.messages import show_error

page_header(
    "Split",
    "A model is judged by validation ratings, which it has not learnt from. Which ratings those are decides what the "
    "question is, and how many of its movies the model has never met. (Train always uses the lesson's split.)",
    "split by time and watch what happens to the unseen movies.",
)
ratings = session.ratings()
config = choose_split()
try:
    split = cached.split(ratings, config)
except ConfigError as error:
    show_error(error)
    st.stop()
show_split(split)
st.subheader("Movies that training never sees")
show_unseen(split)
st.subheader("The three splits side by side")
compare_splits(ratings, config)
