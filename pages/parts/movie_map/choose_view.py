"""The controls of where the movies lie on the map: principal components, an axis of one's own, t-SNE or UMAP."""

from typing import get_args

import numpy as np
import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight.axes import custom_axis, positions
from cf_core.insight.projection import Over, Projection, most_components
from cf_core.runs.run_views import RunView
from cf_core.teaching.vanished import about_vanished
from cf_core.words import Words
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.layouts import choose_layout
from pages.parts.movie_map.meaning import axis_box, is_about_popularity
from pages.parts.movie_map.methods import METHODS
from pages.parts.movie_map.view import LESSON, OWN_AXIS, STANDARD, View, component_name
from pages.shared import cached
from pages.shared.choice import choice

MAX_IN_SPACE = 10_000
COMPONENTS = "The number of the principal component, and the share of the factors' variance that it explains."


def need_components(run_view: RunView, factors: FittedFactors, ratings: Ratings, popular: int) -> None:
    """The page ends here where the factors are too few for a map, or all nearly zero."""
    if factors.have_vanished:
        st.info(about_vanished(run_view.run.spec.config, factors, ratings), icon=":material/blur_on:")
        st.page_link("pages/train.py", label="Train again", icon=":material/arrow_forward:")
        st.stop()
    if min(most_components(factors, ratings, popular, over) for over in get_args(Over)) < 2:
        st.info("A map needs two components, which take at least three factors. Train a model with more factors.")
        st.stop()


def choose_view(run_view: RunView, factors: FittedFactors, ratings: Ratings, popular: int) -> View:
    """The controls of the view, and the view.

    Raises:
        ConfigError: an axis of the student's own has no movie at one of its ends.
    """
    words = ratings.words
    kind = choice(
        "View",
        (LESSON, STANDARD, OWN_AXIS, *METHODS),
        key=Key.VIEW,
        in_address=True,
        help=f"Which numbers place the {words.items}: principal components in two ways, an axis between {words.items} "
        "you choose, or t-SNE or UMAP, which keep neighbours together.",
    )
    over: Over = "factors" if kind == LESSON else "movies"
    n = most_components(factors, ratings, popular, over)
    projection = cached.projection(run_view, ratings, n, popular, over)
    if kind in METHODS:
        return choose_layout(METHODS[kind], run_view, ratings, popular, projection)
    if kind == OWN_AXIS:
        return _choose_own_axis(run_view, factors, ratings, popular, projection)
    return _choose_components(run_view, projection, over, words)


def _choose_components(run_view: RunView, projection: Projection, over: Over, words: Words) -> View:
    """Two or three components; at first the largest, less one that is about popularity."""
    n, is_small = len(projection.components), len(projection.movies) <= MAX_IN_SPACE
    across, up = st.columns(2)
    left, depth = st.columns(2)
    with left:
        dimensions = ("2-D", "3-D") if n > 2 and is_small else ("2-D",)
        why = None if is_small else f"3-D is for up to {words.count(MAX_IN_SPACE)}."
        space = choice("Dimensions", dimensions, key=Key.DIMENSIONS, help=why, label_visibility="collapsed")
    first = 1 if n > 2 and is_about_popularity(run_view.run, projection, 0) else 0
    boxes = {"Across": across, "Up": up, "Depth": depth}
    axes = tuple(
        box.selectbox(
            side,
            range(n),
            min(first + i, n - 1),
            format_func=lambda c: f"{c + 1} ({projection.explained_variance_ratio[c]:.1%})",
            key=axis_box(run_view.run, over, i),
            persist_state="session",
            help=COMPONENTS if side == "Across" else None,
        )
        for i, (side, box) in enumerate(list(boxes.items())[: 3 if space == "3-D" else 2])
    )
    names = tuple(component_name(projection, over, axis, run_view.run.axis_names) for axis in axes)
    return View(projection, over, axes, projection.components[list(axes)].T.astype(np.float64), names)


def _choose_own_axis(
    run_view: RunView, factors: FittedFactors, ratings: Ratings, popular: int, projection: Projection
) -> View:
    """Horizontally an axis from one group of movies to another, vertically a component."""
    titles = dict(
        zip(
            ratings.items.index_of(projection.movies["item_id"].tolist()).tolist(),
            projection.movies["title"],
            strict=True,
        )
    )
    lesson = cached.projection(run_view, ratings, 1, popular).components[0]
    start = _choose_group("From", Key.FROM, titles, int(lesson.argmax()), ratings.words)
    end = _choose_group("To", Key.TO, titles, int(lesson.argmin()), ratings.words)
    given = run_view.run.axis_names
    up = st.selectbox(
        "Up",
        range(len(projection.components)),
        1,
        format_func=lambda c: component_name(projection, "movies", c, given),
        key=Key.UP,
        persist_state="session",
    )
    across = positions(factors, np.array(list(titles)), custom_axis(factors, start, end))
    name = f"from {_group_name(start, titles)} to {_group_name(end, titles)}"
    names = (name, component_name(projection, "movies", up, given))
    return View(projection, "movies", (None, up), np.column_stack([across, projection.components[up]]), names)


def _choose_group(label: str, key: Key, titles: dict[int, str], row: int, words: Words) -> list[int]:
    """The indices of one movie or several, at first of the one in that row of the map."""
    items = list(titles)
    return st.multiselect(
        label,
        items,
        [items[row]],
        format_func=titles.__getitem__,
        key=key,
        persist_state="session",
        select_all=False,
        help=f"One {words.item}, or several: the axis begins or ends at the mean of their factors.",
    )


def _group_name(group: list[int], titles: dict[int, str]) -> str:
    return ", ".join(titles[item] for item in group[:2]) + (" …" if len(group) > 2 else "")
