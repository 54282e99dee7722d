"""How the movies on the map look: colour, size, titles, lines, and those that are searched for."""

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.landmarks import landmarks
from cf_core.charts.map.point_groups import Clusters, Colour
from cf_core.data.filters import has_genres
from cf_core.data.ratings import Ratings
from cf_core.insight.similar import MEASURES, Measure
from cf_core.runs.run_views import RunView
from cf_core.words import Words
from pages.parts.movie_map import cached
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.view import View
from pages.shared.choice import choice, optional_choice

N_LINES, N_CLUSTERS, N_MOST_RATED, N_RANDOM = 8, 10, 40, 50
FEWEST_TO_CLUSTER = 3


@dataclass(frozen=True)
class Look:
    """What `movie_map` takes besides the places of the movies, in its words; `by` is the measure of the nearest."""

    colour: Colour
    labelled: list[int]
    sized: bool
    clusters: Clusters | None
    near: NDArray[np.int64] | None
    by: Measure


def colours_of(movies: pd.DataFrame) -> list[Colour]:
    """What the movies can be coloured by: what is known of some of them. Clusters take three movies."""
    missing = {
        "genre": not has_genres(movies),
        "decade": bool(movies["year"].isna().all()),
        "bias": "bias" not in movies,
        "cluster": len(movies) < FEWEST_TO_CLUSTER,
    }
    return [colour for colour in get_args(Colour) if not missing.get(colour)]


def choose_look(run_view: RunView, ratings: Ratings, popular: int, view: View) -> Look:
    """The controls of the look, and the look that they make."""
    movies = view.projection.movies
    colours, words = colours_of(movies), ratings.words
    if st.session_state.get(Key.COLOUR) not in colours:
        st.session_state.pop(Key.COLOUR, None)  # of another run, or of other data
    colour = choice("Colour", colours, key=Key.COLOUR, in_address=True)
    clusters = _choose_clusters(run_view, ratings, popular, len(movies)) if colour == "cluster" else None
    with st.expander("Titles, sizes, nearest"):
        labelled = _choose_labels(view, words)
        sized = st.toggle(
            "Size by ratings",
            key=Key.SIZED,
            persist_state="session",
            help="The area of a point grows with its ratings.",
        )
        by = optional_choice(
            "Nearest by",
            MEASURES,
            key=Key.LINES,
            default="cosine",
            help=f"Lines lead from the {words.item} under the mouse, and from found ones, to their {N_LINES} nearest "
            "by all factors. Click the selected measure again for no lines.",
        )
    near = None if by is None else cached.nearest_on_map(run_view, ratings, popular, by, N_LINES)
    return Look(colour, labelled, sized, clusters, near, by or "cosine")


def choose_found(movies: pd.DataFrame, words: Words) -> list[int]:
    """The box to search in; the rows of the movies in it that are on the map."""
    titles = dict(zip(movies["item_id"].tolist(), movies["title"].tolist(), strict=True))
    on_map = [item for item in st.session_state.get(Key.FOUND, []) if item in titles]
    if on_map != st.session_state.get(Key.FOUND, []):
        st.session_state[Key.FOUND] = on_map
    found = st.multiselect(
        f"Find {words.items}",
        list(titles),
        format_func=titles.__getitem__,
        key=Key.FOUND,
        on_change=_look_at_found,
        persist_state="session",
        bind="query-params",
        placeholder="Type a title",
        select_all=False,
        help=f"The map moves to the {words.item} and its nearest. Or click a point.",
    )
    row_of = {item: row for row, item in enumerate(titles)}
    return [row_of[item] for item in found]


def find(item_id: Any) -> None:
    """Put the movie into the search box; if it is there alone already, empty the box."""
    st.session_state[Key.FOUND] = [] if st.session_state.get(Key.FOUND) == [item_id] else [item_id]
    _look_at_found()


def _look_at_found() -> None:
    """Show the nearest beside the map, and move to them on it; without found movies, the whole map."""
    if st.session_state[Key.FOUND]:
        st.session_state[Key.SECTION] = "Nearest"
        st.session_state[Key.WHOLE] = 0
    else:
        show_whole_map()


def show_whole_map() -> None:
    """Move the view back to the whole map. For callbacks."""
    st.session_state[Key.WHOLE] = st.session_state[Key.N_WHOLE] = st.session_state.get(Key.N_WHOLE, 0) + 1


def _choose_labels(view: View, words: Words) -> list[int]:
    """Rows of movies to name: the landmarks of the map, or random movies, as in the lesson."""
    n_items = len(view.coordinates)
    with st.container(horizontal=True, vertical_alignment="center"):
        other = st.toggle(
            "Other titles",
            key=Key.TITLES,
            persist_state="session",
            help=f"Names random {words.items}, as the lesson does, in place of those at the ends of the axes and the "
            "most rated. More titles appear as you zoom in.",
        )
        if other:
            st.button("Draw others", key="map_redraw", on_click=_draw_others)
    if not other:
        flat = len(view.names) == 2
        return landmarks(view.coordinates, N_MOST_RATED if flat else 0, ends=view.method is None)
    generator = np.random.default_rng(st.session_state.get(Key.TITLES_SEED, 0))
    return [int(row) for row in generator.choice(n_items, min(N_RANDOM, n_items), replace=False)]


def _draw_others() -> None:
    st.session_state[Key.TITLES_SEED] = st.session_state.get(Key.TITLES_SEED, 0) + 1


def _choose_clusters(run_view: RunView, ratings: Ratings, popular: int, n_items: int) -> Clusters:
    most = min(N_CLUSTERS, n_items)
    k = st.slider(
        "Clusters, k",
        2,
        most,
        min(6, most),
        key=Key.CLUSTERS,
        persist_state="session",
        help="k-means over all factors, seed 0.",
    )
    return cached.clustered(run_view, ratings, popular, k)
