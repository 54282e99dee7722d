"""What a model would tell you: rate some movies, and watch its recommendations move; or look at a user of the data."""

from typing import get_args

import streamlit as st

from cf_core.errors import ConfigError, MissingPartError
from pages.parts.for_you.compare import show_comparison
from pages.parts.for_you.formula import show_formula
from pages.parts.for_you.keys import Key, View
from pages.parts.for_you.orders import choose_order
from pages.parts.for_you.person import choose_user, next_movie
from pages.parts.for_you.place import show_place
from pages.parts.for_you.rate import show_rating
from pages.parts.for_you.recommended import show_recommended
from pages.parts.for_you.sets import choose_set
from pages.parts.for_you.user_ratings import show_user_ratings
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.for_you_link import Key as Link
from pages.shared.for_you_link import Whom
from pages.shared.messages import escape_markdown
from pages.shared.need_run import need_factors, offer_training
from pages.shared.people import item_side, me, somebody

page_header(
    "What to watch",
    "The model has never met you. It keeps what it knows of the movies, and looks for the factors and the bias with "
    "which your ratings come out best: you are folded in, without training anything anew.",
    "rate five movies, then see which of them put the first one on top.",
)
ratings = session.ratings()
run_view, factors = need_factors(ratings, "user factors")
try:
    side = item_side(run_view, ratings)
except MissingPartError as error:
    st.info(escape_markdown(str(error)), icon=":material/info:")
    offer_training("notebook-learner")
    st.stop()
with st.sidebar:
    whom: Whom = choice("For whom", get_args(Whom), key=Link.WHOM, in_address=True)
    chosen_set = choose_set(ratings) if whom == "Me" else None
    user = choose_user(ratings) if whom != "Me" else None
try:
    person, of_data = (me(run_view, ratings, chosen_set), None) if user is None else somebody(run_view, ratings, user)
except (ConfigError, MissingPartError) as error:
    st.info(escape_markdown(str(error)), icon=":material/info:")
    st.stop()

with st.container(key="for_you_columns"):
    left, right = st.columns([2, 3], gap="medium")
with left:
    if of_data is None:
        show_rating(ratings, chosen_set, next_movie(run_view, ratings, chosen_set, person), side.trained)
    else:
        show_user_ratings(of_data, ratings.words)
with right:
    with st.container(horizontal=True, vertical_alignment="center", key="for_you_choices"):
        view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
        order = choose_order(run_view) if view == "List" else "prediction"
    if view == "List":
        show_recommended(run_view, ratings, person, order)
    elif view == "Map":
        show_place(run_view, ratings, person)
    elif view == "Formula":
        show_formula(run_view, ratings, person)
    else:
        show_comparison(run_view, ratings, person, chosen_set)
