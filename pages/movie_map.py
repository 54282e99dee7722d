"""The movies on a map made of their factors: look around, select some, find out what the axes are about."""

from typing import get_args

import streamlit as st

from cf_core.insight.movie_choice import popular_trained_items
from pages.parts.movie_map.axes import show_axes, show_variance
from pages.parts.movie_map.choose_view import choose_view, need_components
from pages.parts.movie_map.keys import Key, Section
from pages.parts.movie_map.looks import choose_found, choose_look
from pages.parts.movie_map.neighbours import show_measures, show_nearest
from pages.parts.movie_map.other_runs import show_other_runs
from pages.parts.movie_map.selection import selected_rows, show_selection, show_table
from pages.parts.movie_map.show_map import show_map
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.need_run import choose_popular, need_factors

N_AT_FIRST, PANEL_HEIGHT = 1_000, 536

page_header(
    "Movie map",
    "Principal components squeeze each movie's factors into a few numbers, so that movies that please the same people "
    "lie close together. Axes often mean something, such as light entertainment against classics, though nobody told "
    "the model so.",
    "find a movie you love, then draw a lasso around its corner of the map.",
)
ratings = session.ratings()
run_view, factors = need_factors(ratings)
with st.sidebar:
    finder, placer, looker = (st.container() for _ in range(3))
    popular = choose_popular(ratings, f"Most rated {ratings.words.items}", Key.POPULAR, N_AT_FIRST)
need_components(run_view, factors, ratings, popular)
with placer:
    view = choose_view(run_view, factors, ratings, popular)
movies = view.projection.movies
with finder:
    found = choose_found(movies, ratings.words)
with looker:
    look = choose_look(run_view, ratings, popular, view)
selected = selected_rows(ratings, movies)
items = popular_trained_items(factors, ratings, popular)

left, right = st.columns([7, 3], gap="small")
with left, st.container(gap=None):
    show_map(run_view, view, look, found, selected, ratings.words)
below = st.container()
at_first: Section = "Nearest" if found else "Chosen" if len(selected) else "Axes"
with right, st.container(height=PANEL_HEIGHT, border=False, key="map_panel"):
    section: Section = choice(
        "Beside the map", get_args(Section), key=Key.SECTION, default=at_first, label_visibility="collapsed"
    )
    if section == "Axes":
        show_axes(run_view, view, ratings.words)
        show_variance(view, ratings.words)
    elif section == "Chosen":
        show_selection(movies, selected, run_view.run.run_id, ratings.words)
    elif section == "Nearest":
        show_nearest(factors, ratings, items, found, look.by)
        with below.expander("The three measures side by side"):
            show_measures(factors, ratings, items, found)
    elif section == "Other runs":
        show_other_runs(run_view, ratings, popular, view, found, below)
    else:
        show_table(movies, view.coordinates, view.names, ratings.words)
