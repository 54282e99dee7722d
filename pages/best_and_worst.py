"""Best and worst movies by bias, who rises and who falls against the plain mean, and kind and harsh raters."""

import streamlit as st

from cf_core.errors import MissingPartError
from cf_core.insight.movie_choice import MovieChoice
from pages.parts.best_and_worst import cached
from pages.parts.best_and_worst.card import find_movie, show_card
from pages.parts.best_and_worst.filters import choose_movies
from pages.parts.best_and_worst.views import show_ends, show_moves, show_raters
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.messages import plain
from pages.shared.need_run import need_factors, offer_training

VIEWS = ["Best & worst", "Who rises, who falls", "Raters"]

heading(
    "Best & worst movies",
    "A movie's bias is what is left of its rating after the taste of its raters and their kindness are taken out. That "
    "makes it a fairer ranking than the plain mean, which a few friendly raters can lift.",
    "look at who falls from the mean to the bias, and open the card of one to see who its raters were.",
)
ratings = session.ratings()
factors = need_factors(ratings)
chosen = session.chosen()
assert chosen is not None  # there are factors
try:
    factors.need_item_bias()
except MissingPartError as error:
    st.info(plain(str(error)), icon=":material/info:")
    offer_training("notebook-learner")
    st.stop()

left, right = st.columns(2, vertical_alignment="bottom")
view = left.segmented_control("View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params")
with right:
    find_movie(ratings)
choice = MovieChoice() if view == "Raters" else choose_movies(ratings)
table = cached.ranked(chosen, ratings, choice)
if view == "Raters":
    show_raters(chosen, factors, ratings)
elif table.empty:
    st.info("No movie passes all of these filters. Clear one of them above.", icon=":material/filter_alt_off:")
elif view == "Who rises, who falls":
    show_moves(table, factors.bias_unit)
else:
    show_ends(chosen, factors, ratings, table)
show_card(chosen, factors, ratings, table, choice.popular)
