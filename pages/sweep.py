"""A sweep: the lab itself turns the sliders, within the ranges that are set, and looks for the best settings."""

import streamlit as st

from pages.parts.sweep.bar import start_if_pressed
from pages.parts.sweep.plan import choose_plan
from pages.parts.sweep.search import show_sweep
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.run.recipe_box import choose_recipe
from pages.shared.split_choice import choose_split

page_header(
    "Sweep",
    "Who turns sliders by hand soon turns them to suit the validation ratings. A sweep tries many settings within "
    "ranges that you set, gives up the hopeless ones, and judges the others by training ratings that it left out: so "
    "the validation ratings stay unseen until the winner meets them.",
    "press Start, and watch the best so far come down in steps.",
)
with st.sidebar:
    recipe = choose_recipe()
    form = st.container()
    with st.expander("Split: who validates", icon=":material/call_split:"):
        split = choose_split(session.ratings())
with form:
    plan = choose_plan(recipe, split)
start_if_pressed(plan)
show_sweep(plan)
