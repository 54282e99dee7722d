"""What the axes of the map are about, and the student's own names for them."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.explained_variance import explained_variance
from cf_core.insight.axes import AxisFacts, ends
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.workspace import AXIS_NAME_LENGTH
from pages.parts.movie_map import cached
from pages.parts.movie_map.views import View, axis_key
from pages.shared import session
from pages.shared.messages import attempt, plain
from pages.shared.plot import plot

WHY_TWO = (
    "The lesson takes factors as samples: each movie loses the mean of its own factors, and a component says how "
    "movies rise and fall together from factor to factor. The usual way takes movies as samples: each factor loses "
    "its mean over the movies, so that distances on the map are as near to those between the movies' factors as can be."
)


def show_axes(chosen: RunView, view: View) -> None:
    """For each axis: its name, what it goes along with, and the movies at its ends."""
    for i, (column, component) in enumerate(zip(st.columns(len(view.names)), view.axes, strict=True)):
        with column:
            st.subheader(plain(view.names[i]) if component is None else f"Component {component + 1}")
            if component is not None:
                _name(chosen, view, component)
            values = view.coordinates[:, i]
            facts = cached.described(chosen, values, view.projection.movies)
            st.markdown(_about(facts))
            _correlations(facts, i)
            _ends(values, view.projection.movies, i)
    st.subheader("How much the components carry")
    ratios = view.projection.explained_variance_ratio
    on_axes = [component for component in view.axes if component is not None]
    carried = sum(ratios[component] for component in set(on_axes))
    alt = f"{len(ratios)} components; those on the map carry {carried:.1%} of the variance, the first {ratios[0]:.1%}."
    plot(explained_variance(ratios, on_axes), key="variance", alt=alt)
    st.caption(WHY_TWO)


def _name(chosen: RunView, view: View, component: int) -> None:
    """The field for the name; whoever looks at a shared run reads it."""
    key = axis_key(view.over, component)
    name = chosen.run.axis_names.get(key, "")
    if not isinstance(chosen, OwnRun):
        st.caption(plain(f"Its owner calls it: {name}") if name else "Its owner has not named it.")
        return
    box = f"name_{chosen.run_id}_{key}"
    st.text_input(
        "Your name for it",
        name,
        max_chars=AXIS_NAME_LENGTH,
        key=box,
        placeholder="What do its two ends have in common?",
        help="Kept with the run, and shown on the axis.",
        on_change=lambda: attempt(session.workspace().name_axis, chosen.run_id, key, st.session_state[box]),
    )


def _about(facts: AxisFacts) -> str:
    """The strongest correlation and what genres predict, in words."""
    if facts.correlations.empty:
        return "It goes along with nothing that is known of these movies."
    first = facts.correlations.iloc[0]
    direction = "higher" if first["correlation"] > 0 else "lower"
    what = {
        "genre": f"{first['name']} movies lie {direction}",
        "decade": f"later movies lie {direction}",
        "popularity": f"much rated movies lie {direction}",
        "bias": f"movies of high bias lie {direction}",
    }[first["kind"]]
    told = plain(f"Most of all {what} (r = {first['correlation']:+.2f}).")
    if facts.r2_genres is None:
        return told
    return f"{told} Genres alone predict **{max(facts.r2_genres, 0):.0%}** of where a movie lies (R², cross-validated)."


def _correlations(facts: AxisFacts, number: int) -> None:
    st.caption("Goes along with (Pearson's r)")
    st.dataframe(
        facts.correlations[["name", "correlation", "n_movies"]],
        hide_index=True,
        height=250,
        key=f"correlations_{number}",
        column_config={
            "name": st.column_config.TextColumn("", width="small"),
            "correlation": st.column_config.NumberColumn("r", format="%+.2f", width=60),
            "n_movies": st.column_config.NumberColumn("movies", format="localized", width=60),
        },
    )


def _ends(values: NDArray[np.float64], movies: pd.DataFrame, number: int) -> None:
    for name, table in zip(("High end", "Low end"), ends(values, movies), strict=True):
        st.caption(name)
        st.dataframe(
            table[["title", "component"]],
            hide_index=True,
            key=f"{name}_{number}",
            column_config={
                "title": st.column_config.TextColumn("movie", width="medium"),
                "component": st.column_config.NumberColumn("value", format="%.3f", width="small"),
            },
        )
