"""Where the movies lie on the map: two or three principal components, or axes from movie to movie."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.axes import custom_axis, places
from cf_core.insight.projection import Over, Projection, most_components
from cf_core.runs.run_views import RunView
from pages.parts.movie_map.layouts import METHODS, choose_layout
from pages.shared import cached
from pages.shared.messages import say_error

LESSON, USUAL, CUSTOM = "lesson's PCA", "usual PCA", "from movie to movie"
MAX_IN_SPACE = 10_000


@dataclass(frozen=True)
class View:
    """What the map shows.

    `projection` has the movies and all components, `axes` the components that are shown (None for an axis that is
    none), `over` what the components are over; `coordinates` (n_movies, 2 or 3) and `names` go with the axes.
    """

    projection: Projection
    over: Over
    axes: tuple[int | None, ...]
    coordinates: NDArray[np.float64]
    names: tuple[str, ...]


def axis_key(over: Over, component: int) -> str:
    """What the name of a component is kept under."""
    return f"{over}:{component + 1}"


def component_name(projection: Projection, over: Over, component: int, given: dict[str, str]) -> str:
    """A component's number, its share of the variance of the factors, and what its owner calls it."""
    name = given.get(axis_key(over, component), "")
    share = f"Component {component + 1} ({projection.explained_variance_ratio[component]:.1%})"
    return f"{share}: {name}" if name else share


def choose_view(chosen: RunView, factors: FittedFactors, ratings: Ratings, popular: int) -> View:
    """The view that is chosen. The page ends here where the factors are too few for a map."""
    kind = st.segmented_control(
        "View",
        [LESSON, USUAL, CUSTOM, *METHODS],
        default=LESSON,
        required=True,
        key="view",
        bind="query-params",
        help="Which numbers place the movies: principal components in two ways, an axis between movies you choose, or "
        "t-SNE or UMAP, which keep neighbours together.",
    )
    over: Over = "factors" if kind == LESSON else "movies"
    n = most_components(factors, ratings, popular, over)
    if min(n, most_components(factors, ratings, popular)) < 2:
        st.info(
            "A map needs two components, and they come from three factors or more. Train a model with more factors."
        )
        st.stop()
    projection = cached.projection(chosen, ratings, n, popular, over)
    given = chosen.run.axis_names
    if kind in METHODS:
        laid = choose_layout(METHODS[kind], chosen, ratings, popular)
        return View(projection, over, (None, None), laid, (f"{kind} 1", f"{kind} 2"))
    if kind == CUSTOM:
        return _custom(chosen, factors, ratings, popular, projection, given)
    axes = _choose_axes(projection, over, given)
    names = tuple(component_name(projection, over, axis, given) for axis in axes)
    return View(projection, over, axes, projection.components[list(axes)].T.astype(np.float64), names)


def _choose_axes(projection: Projection, over: Over, given: dict[str, str]) -> tuple[int, ...]:
    """Two or three components."""
    n = len(projection.components)
    shape, *boxes = st.columns([3, 4, 4, 4])
    with shape:
        small = len(projection.movies) <= MAX_IN_SPACE
        spaces = ["2-D", "3-D"] if n > 2 and small else ["2-D"]
        why = None if small else f"3-D is for up to {MAX_IN_SPACE:,} movies."
        dimensions = st.segmented_control("Space", spaces, default="2-D", required=True, key="space", help=why)
    sides = ("Across", "Up", "Deep")[: 3 if dimensions == "3-D" else 2]
    return tuple(
        box.selectbox(
            side,
            range(n),
            min(i, n - 1),
            format_func=lambda c: component_name(projection, over, c, given),
            key=f"axis_{i}",
        )
        for i, (side, box) in enumerate(zip(sides, boxes, strict=False))
    )


def _custom(
    chosen: RunView,
    factors: FittedFactors,
    ratings: Ratings,
    popular: int,
    projection: Projection,
    given: dict[str, str],
) -> View:
    """An axis of one's own across, from one group of movies to another, and a component up."""
    ids = projection.movies["item_id"]
    titles = dict(zip(ratings.items.index_of(ids.tolist()).tolist(), projection.movies["title"], strict=True))
    items = list(titles)
    lesson = cached.projection(chosen, ratings, 1, popular).components[0]
    columns = st.columns(3)
    groups = [
        column.multiselect(
            label,
            items,
            [items[int(end)]],
            format_func=titles.__getitem__,
            key=key,
            select_all=False,
            help="One movie, or several: the axis begins or ends at the mean of their factors.",
        )
        for column, label, key, end in zip(
            columns, ("From", "To"), ("axis_from", "axis_to"), (lesson.argmax(), lesson.argmin()), strict=False
        )
    ]
    up = columns[2].selectbox(
        "Up",
        range(len(projection.components)),
        1,
        format_func=lambda c: component_name(projection, "movies", c, given),
        key="axis_up",
    )
    try:
        across = places(factors, np.array(items), custom_axis(factors, *groups))
    except CFError as error:
        say_error(error)
        st.stop()
    ends = [", ".join(titles[item] for item in group[:2]) + (" …" if len(group) > 2 else "") for group in groups]
    names = (f"from {ends[0]} to {ends[1]}", component_name(projection, "movies", up, given))
    return View(projection, "movies", (None, up), np.column_stack([across, projection.components[up]]), names)
