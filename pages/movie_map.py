"""The movies on a map made of their factors: look around, select some, find out what the axes are about."""

from typing import get_args

import streamlit as st

from cf_core.charts.map.movie_map import movie_map
from cf_core.insight.movie_choice import popular_trained_items
from pages.parts.movie_map.axes import show_axes
from pages.parts.movie_map.choose_view import choose_view
from pages.parts.movie_map.keys import SELECTED_MOVIES, Key, Section
from pages.parts.movie_map.looks import choose_look, find
from pages.parts.movie_map.neighbours import show_neighbours
from pages.parts.movie_map.other_runs import show_other_runs
from pages.parts.movie_map.selection import select_rows, selected_rows, show_selection, show_table
from pages.shared import session
from pages.shared.app_frame import page_header
from pages.shared.choice import choice
from pages.shared.need_run import choose_popular, need_factors
from pages.shared.plot import plot

LEARNED_WHO_RATED = (
    "This model also learned who rates a movie at all, so its first component mostly says how often a movie is rated. "
    "Taste and time show in the next ones: put components 2 and 3 on the axes."
)

page_header(
    "Movie map",
    "Principal components squeeze each movie's factors into a few numbers, so that movies that please the same people "
    "lie close together. The first axis often separates light entertainment from classics, though nobody told the "
    "model so.",
    "find a movie you love, look at its neighbours, then draw a lasso around its corner of the map.",
)
ratings = session.ratings()
run_view, factors = need_factors(ratings)
popular = choose_popular(ratings, "Most rated movies", Key.POPULAR)
view = choose_view(run_view, factors, ratings, popular)
movies = view.projection.movies
look = choose_look(run_view, ratings, popular, movies)
rows = selected_rows(movies)
if run_view.run.spec.config.model.kind == "implicit":
    st.caption(LEARNED_WHO_RATED)
figure = movie_map(
    movies,
    view.coordinates,
    view.names,
    look.colour,
    look.labelled,
    look.found,
    sized=look.sized,
    clusters=look.clusters,
    near=look.near,
    selected=rows,
)
plot(
    figure,
    key="map",
    alt=f"{len(movies):,} movies by {' and '.join(view.names)}; below, Axes has those at the ends and Table has all.",
    on_click=lambda click: find(int(click.customdata)),
    on_select=lambda selected: select_rows(movies, selected),
)
section: Section = choice("More about", get_args(Section), key=Key.SECTION)
if section == "Axes":
    show_axes(run_view, view)
elif section == SELECTED_MOVIES:
    show_selection(movies, rows, run_view.run.run_id)
elif section == "Neighbours":
    show_neighbours(factors, ratings, popular_trained_items(factors, ratings, popular), look.found)
elif section == "Other runs":
    show_other_runs(run_view, ratings, popular, view, look.found)
else:
    show_table(movies, view.coordinates, view.names)
