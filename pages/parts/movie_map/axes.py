"""What the axes of the map are about, and the student's own names for them."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.explained_variance import explained_variance
from cf_core.insight.axes import AxisSummary
from cf_core.insight.projection import ends
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.workspace import AXIS_NAME_LENGTH
from pages.parts.movie_map import cached
from pages.parts.movie_map.view import LESSON, STANDARD, View, axis_key
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.plot import plot

TWO_WAYS = (
    f"{LESSON} takes the factors as samples: each movie's mean over its own factors is subtracted, and a component "
    f"says how movies vary together from factor to factor. {STANDARD} takes the movies as samples: each factor's mean "
    "over the movies is subtracted, so that distances on the map are as close as possible to those between the movies' "
    "factors."
)


def show_axes(run_view: RunView, view: View) -> None:
    """For each axis its name, what it correlates with, and the movies at its ends; then the explained variance."""
    for i, (column, component) in enumerate(zip(st.columns(len(view.names)), view.axes, strict=True)):
        with column:
            st.subheader(escape_markdown(view.names[i]) if component is None else f"Component {component + 1}")
            if component is not None:
                _show_name(run_view, view, component)
            values = view.coordinates[:, i]
            summary = cached.described(run_view, values, view.projection.movies)
            st.markdown(_describe(summary))
            _show_correlations(summary, i)
            _show_ends(values, view.projection.movies, i)
    st.subheader("Explained variance")
    ratios = view.projection.explained_variance_ratio
    on_axes = [component for component in view.axes if component is not None]
    on_map = sum(ratios[component] for component in set(on_axes))
    alt = f"{len(ratios)} components; those on the map explain {on_map:.1%} of the variance, the first {ratios[0]:.1%}."
    plot(explained_variance(ratios, on_axes), key="variance", alt=alt)
    st.caption(TWO_WAYS)


def _show_name(run_view: RunView, view: View, component: int) -> None:
    """The field for the name; for the guests of a shared run, the name."""
    key = axis_key(view.over, component)
    name = run_view.run.axis_names.get(key, "")
    if not isinstance(run_view, OwnRun):
        st.caption(escape_markdown(f"Its owner calls it: {name}") if name else "Its owner has not named it.")
        return
    box = f"map_name_{run_view.run_id}_{key}"
    st.text_input(
        "Your name for it",
        name,
        max_chars=AXIS_NAME_LENGTH,
        key=box,
        placeholder="What sets its two ends apart?",
        help="Saved with the run and shown on the axis.",
        on_change=lambda: attempt(session.workspace().name_axis, run_view.run_id, key, st.session_state[box]),
    )


def _describe(summary: AxisSummary) -> str:
    """The strongest correlation, and what genres predict."""
    if summary.correlations.empty:
        return "It correlates with nothing that is known about these movies."
    first = summary.correlations.iloc[0]
    movies = {
        "genre": f"{first['name']} movies",
        "decade": "newer movies",
        "popularity": "often rated movies",
        "bias": "movies with a high bias",
    }[first["kind"]]
    end = "high" if first["correlation"] > 0 else "low"
    strongest = escape_markdown(f"Strongest: {movies} lie towards the {end} end (r = {first['correlation']:+.2f}).")
    if summary.r2_genres is None:
        return strongest
    share = max(summary.r2_genres, 0)
    return f"{strongest} Genres alone predict **{share:.0%}** of where a movie lies (R², cross-validated)."


def _show_correlations(summary: AxisSummary, number: int) -> None:
    st.caption("Correlates with (Pearson's r)")
    st.dataframe(
        summary.correlations[["name", "correlation", "n_movies"]],
        hide_index=True,
        height=250,
        key=f"map_correlations_{number}",
        column_config={
            "name": st.column_config.TextColumn("", width="small"),
            "correlation": st.column_config.NumberColumn("r", format="%+.2f", width=60),
            "n_movies": st.column_config.NumberColumn("movies", format="localized", width=60),
        },
    )


def _show_ends(values: NDArray[np.float64], movies: pd.DataFrame, number: int) -> None:
    for name, table in zip(("High end", "Low end"), ends(values, movies), strict=True):
        st.caption(name)
        st.dataframe(
            table[["title", "component"]],
            hide_index=True,
            key=f"map_{name}_{number}",
            column_config={
                "title": st.column_config.TextColumn("movie", width="medium"),
                "component": st.column_config.NumberColumn("value", format="%.3f", width="small"),
            },
        )
