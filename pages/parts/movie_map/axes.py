"""What the axes of the map are about, and the student's own names for them."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from cf_core.charts.map.explained_variance import explained_variance
from cf_core.charts.style import short_title
from cf_core.insight.axes import AxisSummary
from cf_core.insight.projection import ends
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.workspace import AXIS_NAME_LENGTH
from cf_core.words import Words
from pages.parts.movie_map import cached
from pages.parts.movie_map.view import LESSON, STANDARD, View, axis_key
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.plot import plot
from pages.shared.table import data_table

N_IN_SIGHT, N_KINDS, LEAST_R = 4, 3, 0.1
TITLE_LENGTH = 44  # characters: the parts of a series differ late in their titles
ARROWS = {"left": "← Left:", "right": "→ Right:", "bottom": "↓ Bottom:", "top": "↑ Top:"}
TWO_WAYS = (
    f"{LESSON} takes the factors as samples: the mean of each of the {{items}} over its own factors is subtracted, "
    f"and a component says how {{items}} vary together from factor to factor. {STANDARD} takes the {{items}} as "
    "samples: each factor's mean over them is subtracted, so that distances on the map are as close as possible to "
    "those between their factors."
)


def show_axes(run_view: RunView, view: View, words: Words) -> None:
    """For each axis its name, the movies at its ends and what it correlates with."""
    if view.method is not None:
        st.markdown(f"{view.method.summary} {view.method.warning}")
        return
    for i, component in enumerate(view.axes):
        _show_axis(run_view, view, i, component, words)


def show_variance(view: View, words: Words) -> None:
    """The share of the variance that each component explains."""
    ratios = view.projection.explained_variance_ratio
    on_axes = [component for component in view.axes if component is not None]
    on_map = sum(ratios[component] for component in set(on_axes))
    alt = f"{len(ratios)} components; those on the map explain {on_map:.1%} of the variance, the first {ratios[0]:.1%}."
    with st.expander("Explained variance, and two kinds of PCA"):
        plot(explained_variance(ratios, on_axes), key="variance", alt=alt, height=300)
        st.caption(TWO_WAYS.format(items=words.items))


def _show_axis(run_view: RunView, view: View, number: int, component: int | None, words: Words) -> None:
    movies, values = view.projection.movies, view.coordinates[:, number]
    summary = cached.described(run_view, values, movies)
    if component is None:
        st.subheader(escape_markdown(view.names[number]))
    else:
        share = view.projection.explained_variance_ratio[component]
        st.subheader(f"Component {component + 1}", help=f"{share:.1%} of the variance of the {words.items}' factors.")
        _show_name(run_view, view, component)
    low, high = view.directions[number]
    top, bottom = ends(values, movies)
    st.markdown(_describe_sides(summary, {low: bottom, high: top}, words))
    with st.expander(f"All that is known of {_called(number, component)}"):
        _show_correlations(summary, number, words)
        for name, table in ((high, top), (low, bottom)):
            _show_end(name, table, number, words)


def _called(number: int, component: int | None) -> str:
    return f"axis {number + 1}" if component is None else f"component {component + 1}"


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
        placeholder="Name it: what sets its ends apart?",
        label_visibility="collapsed",
        on_change=lambda: attempt(session.workspace().name_axis, run_view.run_id, key, st.session_state[box]),
    )


def _describe_sides(summary: AxisSummary, ends: Mapping[str, pd.DataFrame], words: Words) -> str:
    """Of both sides of an axis the outermost movies and what lies there, then what genres predict; as Markdown."""
    low, high = ends
    kinds: dict[str, list[str]] = {low: [], high: []}
    strong = summary.correlations[summary.correlations["correlation"].abs() >= LEAST_R].head(N_KINDS)
    for kind, name, r in strong[["kind", "name", "correlation"]].itertuples(index=False):
        kinds[high if r > 0 else low].append(f"{_movies_of(kind, name, words.items)} (r = {r:+.2f})")
    said = []
    for side, table in ends.items():
        titles = escape_markdown(
            ", ".join(short_title(title, TITLE_LENGTH) for title in table["title"].head(N_IN_SIGHT))
        )
        also = escape_markdown(f"; {', '.join(kinds[side])}") if kinds[side] else ""
        said.append(f"**{ARROWS.get(side, side)}** {titles}{also}.")
    if summary.r2_genres is not None:
        said.append(f"Genres alone predict **{max(summary.r2_genres, 0):.0%}** (R², cross-validated).")
    return "\n\n".join(said)


def _movies_of(kind: str, name: str, items: str) -> str:
    other = {"decade": f"newer {items}", "popularity": f"often rated {items}", "bias": f"{items} of a high bias"}
    return other.get(kind, f"{name} {items}")


def _show_correlations(summary: AxisSummary, number: int, words: Words) -> None:
    st.caption("Correlates with (Pearson's r)")
    data_table(
        summary.correlations[["name", "correlation", "n_movies"]],
        height=250,
        key=f"map_correlations_{number}",
        column_config={
            "name": st.column_config.TextColumn("", width="small"),
            "correlation": st.column_config.NumberColumn("r", format="%+.2f", width=60),
            "n_movies": st.column_config.NumberColumn(words.items, format="localized", width=60),
        },
    )


def _show_end(name: str, table: pd.DataFrame, number: int, words: Words) -> None:
    st.caption(f"Furthest {name}")
    data_table(
        table[["title", "component"]],
        key=f"map_{name}_{number}",
        column_config={
            "title": st.column_config.TextColumn(words.item, width="medium"),
            "component": st.column_config.NumberColumn("value", format="%.3f", width="small"),
        },
    )
