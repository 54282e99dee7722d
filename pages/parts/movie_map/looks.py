"""How the movies on the map look: colour, size, titles, lines, and those that are searched for."""

from typing import Any, cast, get_args

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.map.movie_map import Colour
from cf_core.data.ratings import Ratings
from cf_core.insight.similar import MEASURES, Measure
from cf_core.runs.run_views import RunView
from pages.parts.movie_map import cached

FOUND, LINES, N_LINES = "found", "lines", 8
N_CLUSTERS = 10


def choose_look(chosen: RunView, ratings: Ratings, popular: int, movies: pd.DataFrame) -> dict[str, Any]:
    """What `movie_map` takes besides the places of the movies."""
    left, right = st.columns(2)
    with left:
        found = _choose_found(movies)
        labelled = _choose_labels(len(movies))
    with right:
        colours = [colour for colour in get_args(Colour) if colour != "bias" or "bias" in movies]
        colour = cast(Colour, st.segmented_control("Colour", colours, default="genre", required=True, key="colour"))
        clusters = None
        if colour == "cluster":
            most = min(N_CLUSTERS, len(movies))
            k = st.slider("Clusters, k", 2, most, min(6, most), key="k", help="k-means over all factors, seed 0.")
            clusters = cached.clustered(chosen, ratings, popular, k)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            sized = st.toggle("Size by ratings", key="sized", help="The area of a point grows with its ratings.")
            by = cast(
                Measure | None,
                st.segmented_control(
                    "Lines to the nearest by",
                    MEASURES,
                    default="cosine",
                    key=LINES,
                    help=f"The {N_LINES} nearest by all factors, of the movie under the mouse and of found ones. "
                    "Choose none for no lines.",
                ),
            )
    near = cached.near(chosen, ratings, popular, by, N_LINES) if by else None
    return {
        "colour": colour,
        "labelled": labelled,
        "found": found,
        "sized": sized,
        "clusters": clusters,
        "near": near,
    }


def find(row: int) -> None:
    """Take the movie in that row for the one that is searched for; the same once more takes it back."""
    st.session_state[FOUND] = [] if st.session_state.get(FOUND) == [row] else [row]


def _choose_found(movies: pd.DataFrame) -> list[int]:
    titles = movies["title"].tolist()
    return st.multiselect(
        "Find movies",
        range(len(titles)),
        format_func=titles.__getitem__,
        key=FOUND,
        placeholder="Type a title: the map flies there",
        select_all=False,
        help="Or click a point.",
    )


def _choose_labels(n_movies: int) -> list[int]:
    """Fifty random movies, as in the lesson; the button draws others."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not st.toggle("Label 50 random movies", key="labels", help="More names appear as you zoom in."):
            return []
        st.button("Draw others", key="redraw", on_click=_draw_others)
    generator = np.random.default_rng(st.session_state.get("draw", 0))
    return [int(row) for row in generator.choice(n_movies, min(50, n_movies), replace=False)]


def _draw_others() -> None:
    st.session_state["draw"] = st.session_state.get("draw", 0) + 1
