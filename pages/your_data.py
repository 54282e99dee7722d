"""Ratings of one's own: drop a file, see what is understood and what is wrong, import it for the whole lab."""

import streamlit as st

from pages.parts.your_data.data_sets import show_data_sets
from pages.parts.your_data.drop import refresh_every, show_upload
from pages.shared.app_frame import page_header
from pages.shared.refresh import live

page_header(
    "Your data",
    "A recommender needs three columns: who rated what, and how high. Drop any such table, correct what was "
    "understood of it, and every page of the lab works on your ratings, which nobody else sees. A file with an error "
    "is never imported half: every wrong row is named.",
    "drop a table of ratings of your own, and train on it.",
)
left, right = st.columns([3, 2], gap="medium")
with left:
    every = refresh_every()
    live(show_upload, every, every=every)
with right:
    show_data_sets()
