"""The movies on the principal components of their factors."""

from typing import cast, get_args

import numpy as np
import streamlit as st

from cf_core.charts.movie_map import Colour, movie_map
from cf_core.insight.projection import Projection, most_components
from pages.shared import loaders, session
from pages.shared.frame import heading
from pages.shared.plot import plot
from pages.shared.widgets import choose_popular, need_factors

N_COMPONENTS = 10


def component_name(projection: Projection, component: int) -> str:
    """A component's number and its share of the variance of the factors."""
    return f"Component {component + 1} ({projection.explained_variance_ratio[component]:.1%})"


def choose_axes(projection: Projection) -> tuple[int, ...]:
    """Two or three components."""
    n = len(projection.components)
    shape, *boxes = st.columns([3, 4, 4, 4])
    with shape:
        spaces = ["2-D", "3-D"] if n > 2 else ["2-D"]
        dimensions = st.segmented_control("Space", spaces, default="2-D", required=True, key="space")
    names = ("Across", "Up", "Deep")[: 3 if dimensions == "3-D" else 2]
    return tuple(
        box.selectbox(
            name, range(n), min(i, n - 1), format_func=lambda c: component_name(projection, c), key=f"axis_{i}"
        )
        for i, (name, box) in enumerate(zip(names, boxes, strict=False))
    )


def choose_labels(projection: Projection) -> list[int]:
    """Fifty random movies, as in the lesson; the button draws others."""
    if not st.toggle("Label 50 random movies", key="labels"):
        return []
    st.button("Draw others", key="redraw", on_click=_draw_others)
    generator, n = np.random.default_rng(st.session_state.get("draw", 0)), len(projection.movies)
    return [int(row) for row in generator.choice(n, min(50, n), replace=False)]


def _draw_others() -> None:
    st.session_state["draw"] = st.session_state.get("draw", 0) + 1


def ends(projection: Projection, axes: tuple[int, ...]) -> None:
    """The movies at either end of each axis."""
    for column, axis in zip(st.columns(len(axes)), axes, strict=True):
        column.subheader(f"Component {axis + 1}")
        for name, table in zip(("High end", "Low end"), projection.ends(axis), strict=True):
            column.caption(name)
            column.dataframe(
                table[["title", "component"]],
                hide_index=True,
                column_config={
                    "title": st.column_config.TextColumn("movie", width="medium"),
                    "component": st.column_config.NumberColumn("value", format="%.3f", width="small"),
                },
            )


heading(
    "Movie map",
    "Principal components squeeze each movie's factors into a few numbers, so that movies which please the same people "
    "lie close together. The first axis mostly parts light entertainment from classics, though nobody said so.",
    "search a movie you love and look at its neighbours, then colour the map by year or bias.",
)
ratings = session.ratings()
factors = need_factors(ratings)
chosen = session.chosen()
assert chosen is not None  # there are factors
popular = choose_popular(ratings, "Most rated movies", "map_popular")
n_components = min(N_COMPONENTS, most_components(factors, ratings, popular))
if n_components < 2:
    st.info("A map needs two components, and they come from three factors or more. Train a model with more factors.")
    st.stop()
projection = loaders.projection(chosen, ratings, n_components, popular)
axes = choose_axes(projection)
left, right = st.columns(2)
with left:
    colours = [colour for colour in get_args(Colour) if colour != "bias" or factors.item_bias is not None]
    colour = st.segmented_control("Colour", colours, default="genre", required=True, key="colour")
    labelled = choose_labels(projection)
titles = projection.movies["title"].tolist()
found = right.multiselect(
    "Find movies",
    range(len(titles)),
    format_func=titles.__getitem__,
    key="found",
    placeholder="Type a title",
    select_all=False,
)
names = [component_name(projection, axis) for axis in axes]
plot(
    movie_map(projection.movies, projection.components[list(axes)].T, names, cast(Colour, colour), labelled, found),
    key="map",
    alt=f"{len(titles):,} movies by {' and '.join(names)}; the tables below name those at the ends.",
)
ends(projection, axes)
