"""How the movies on the map look: colour, size, titles, lines, and those that are searched for."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.point_groups import Clusters, Colour
from cf_core.data.ratings import Ratings
from cf_core.insight.similar import MEASURES
from cf_core.runs.run_views import RunView
from pages.parts.movie_map import cached
from pages.parts.movie_map.keys import Key
from pages.shared.choice import choice, optional_choice

N_LINES, N_CLUSTERS, N_TITLES = 8, 10, 50


@dataclass(frozen=True)
class Look:
    """What `movie_map` takes besides the places of the movies, in its words."""

    colour: Colour
    labelled: list[int]
    found: list[int]
    sized: bool
    clusters: Clusters | None
    near: NDArray[np.int64] | None


def choose_look(run_view: RunView, ratings: Ratings, popular: int, movies: pd.DataFrame) -> Look:
    """The controls of the look, and the look that they make."""
    left, right = st.columns(2)
    with left:
        found = _choose_found(movies)
        labelled = _choose_labels(len(movies))
    with right:
        colours: list[Colour] = [colour for colour in get_args(Colour) if colour != "bias" or "bias" in movies]
        colour = choice("Colour", colours, key=Key.COLOUR)
        clusters = _choose_clusters(run_view, ratings, popular, len(movies)) if colour == "cluster" else None
        with st.container(horizontal=True, vertical_alignment="bottom"):
            sized = st.toggle("Size by ratings", key=Key.SIZED, help="The area of a point grows with its ratings.")
            near = _choose_lines(run_view, ratings, popular)
    return Look(colour, labelled, found, sized, clusters, near)


def find(row: int) -> None:
    """Put the movie in that row into the search box; if it is there alone already, empty the box."""
    st.session_state[Key.FOUND] = [] if st.session_state.get(Key.FOUND) == [row] else [row]


def _choose_found(movies: pd.DataFrame) -> list[int]:
    titles = movies["title"].tolist()
    return st.multiselect(
        "Find movies",
        range(len(titles)),
        format_func=titles.__getitem__,
        key=Key.FOUND,
        placeholder="Type a title, and the map moves there",
        select_all=False,
        help="Or click a point.",
    )


def _choose_labels(n_movies: int) -> list[int]:
    """Rows of random movies, as in the lesson; the button draws others."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not st.toggle(f"Label {N_TITLES} random movies", key=Key.TITLES, help="More titles appear as you zoom in."):
            return []
        st.button("Draw others", key="map_redraw", on_click=_draw_others)
    generator = np.random.default_rng(st.session_state.get(Key.TITLES_SEED, 0))
    return [int(row) for row in generator.choice(n_movies, min(N_TITLES, n_movies), replace=False)]


def _draw_others() -> None:
    st.session_state[Key.TITLES_SEED] = st.session_state.get(Key.TITLES_SEED, 0) + 1


def _choose_clusters(run_view: RunView, ratings: Ratings, popular: int, n_movies: int) -> Clusters:
    most = min(N_CLUSTERS, n_movies)
    k = st.slider("Clusters, k", 2, most, min(6, most), key=Key.CLUSTERS, help="k-means over all factors, seed 0.")
    return cached.clustered(run_view, ratings, popular, k)


def _choose_lines(run_view: RunView, ratings: Ratings, popular: int) -> NDArray[np.int64] | None:
    """For each movie the rows of its nearest; None for no lines."""
    by = optional_choice(
        "Lines to the nearest by",
        MEASURES,
        key=Key.LINES,
        default="cosine",
        help=f"From the movie under the mouse, and from found ones, to their {N_LINES} nearest by all factors. Click "
        "the selected measure again for no lines.",
    )
    return None if by is None else cached.nearest_on_map(run_view, ratings, popular, by, N_LINES)
