"""The movies on a map made of their factors: look around, choose some, find out what the axes are about."""

import streamlit as st

from cf_core.charts.map.movie_map import movie_map
from cf_core.insight.popular import popular_trained_items
from pages.parts.movie_map.axes import show_axes
from pages.parts.movie_map.looks import choose_look, find
from pages.parts.movie_map.neighbours import show_neighbours
from pages.parts.movie_map.other_runs import show_runs
from pages.parts.movie_map.selection import CHOSEN_SECTION, SECTION, chosen_rows, keep, show_selection, show_table
from pages.parts.movie_map.views import choose_view
from pages.shared import session
from pages.shared.app_frame import heading
from pages.shared.need_run import choose_popular, need_factors
from pages.shared.plot import plot

WHO_RATED = (
    "This run is of another kind: its movie factors had to tell who rated a movie at all, too, so that the first "
    "component mostly says how much a movie is rated. Taste and time show in the next ones: put components 2 and 3 on "
    "the axes."
)
SECTIONS = ["Axes", CHOSEN_SECTION, "Neighbours", "Other runs", "Table"]

heading(
    "Movie map",
    "Principal components squeeze each movie's factors into a few numbers, so that movies which please the same people "
    "lie close together. The first axis often parts light entertainment from classics, though nobody said so.",
    "search a movie you love, look at what it is tied to, then draw a lasso around its corner of the map.",
)
ratings = session.ratings()
factors = need_factors(ratings)
chosen = session.chosen()
assert chosen is not None  # there are factors
popular = choose_popular(ratings, "Most rated movies", "map_popular")
view = choose_view(chosen, factors, ratings, popular)
movies = view.projection.movies
look = choose_look(chosen, ratings, popular, movies)
rows = chosen_rows(movies)
if chosen.run.spec.config.model.kind == "implicit":
    st.caption(WHO_RATED)
plot(
    movie_map(movies, view.coordinates, view.names, **look, chosen=rows),
    key="map",
    alt=f"{len(movies):,} movies by {' and '.join(view.names)}; Axes below names those at the ends, Table has all.",
    on_click=lambda click: find(int(click.customdata)),
    on_choose=lambda chosen: keep(movies, chosen),
)
section = st.segmented_control("More about", SECTIONS, default="Axes", required=True, key=SECTION)
if section == "Axes":
    show_axes(chosen, view)
elif section == CHOSEN_SECTION:
    show_selection(movies, rows, chosen.run.run_id)
elif section == "Neighbours":
    show_neighbours(factors, ratings, popular_trained_items(factors, ratings, popular), look["found"])
elif section == "Other runs":
    show_runs(chosen, ratings, popular, view, look["found"])
else:
    show_table(movies, view.coordinates, view.names)
