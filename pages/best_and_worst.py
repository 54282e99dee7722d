"""Best and worst movies by bias, who rises and who falls against the plain mean, and kind and harsh raters."""

from typing import Literal, get_args

import streamlit as st

from cf_core.errors import MissingPartError
from cf_core.insight.movie_choice import MovieChoice
from pages.parts.best_and_worst import cached
from pages.parts.best_and_worst.card import show_card
from pages.parts.best_and_worst.ends import show_ends
from pages.parts.best_and_worst.filters import choose_movies
from pages.parts.best_and_worst.keys import Key
from pages.parts.best_and_worst.moves import show_moves
from pages.parts.best_and_worst.open_card import find_movie
from pages.parts.best_and_worst.raters import show_raters
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.messages import escape_markdown
from pages.shared.need_run import need_factors, offer_training

View = Literal["Best & worst", "Who rises, who falls", "Raters"]

page_header(
    "Best & worst movies",
    "A movie's bias is what is left of its rating after the taste of its raters and their kindness are taken out. That "
    "makes it a fairer ranking than the plain mean, which a few friendly raters can lift.",
    "find a movie high by mean but low by bias; its card says why.",
)
ratings = session.ratings()
run_view, factors = need_factors(ratings, "biases")
try:
    factors.need_item_bias()
except MissingPartError as error:
    st.info(escape_markdown(str(error)), icon=":material/info:")
    offer_training("notebook-learner")
    st.stop()

left, right = st.columns(2)
with left:
    view: View = choice("View", get_args(View), key=Key.VIEW, in_address=True, label_visibility="collapsed")
with right:
    find_movie(ratings)
movies = MovieChoice() if view == "Raters" else choose_movies(ratings)
table = cached.ranked(run_view, ratings, movies)
if view == "Raters":
    show_raters(run_view, factors, ratings)
elif table.empty:
    st.info(
        f"No {ratings.words.item} passes all of these filters. Clear one of them in the sidebar.",
        icon=":material/filter_alt_off:",
    )
elif view == "Who rises, who falls":
    show_moves(table, factors.bias_unit, ratings.words)
else:
    show_ends(run_view, factors, ratings, table)
show_card(run_view, factors, ratings, table, movies.popular)
