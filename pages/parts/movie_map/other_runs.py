"""Two runs' maps, one laid upon the other, and how stable neighbours are from run to run."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cf_core.charts.map.movie_map import movie_map
from cf_core.charts.style import escape_html
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.insight.agreement import overlay
from cf_core.insight.projection import most_components
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from pages.parts.movie_map import cached as page_cached
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.view import View
from pages.shared import cached, session
from pages.shared.messages import show_error
from pages.shared.plot import plot
from pages.shared.table import data_table

N_NEAREST, MAX_RUNS = 10, 8


def show_other_runs(
    run_view: RunView, ratings: Ratings, popular: int, view: View, found: list[int], below: DeltaGenerator
) -> None:
    """The neighbours that this run shares with each other run; `below`, the map of one of those beside its own."""
    others = {run.run_id: run for run in session.workspace().runs() if _is_comparable(run, run_view.run)}
    if not others:
        st.info(
            "You have no other run on these ratings. Train the same recipe with another seed, and see which parts of "
            "the map come from the data and which from chance."
        )
        return
    _show_stability(run_view, ratings, popular, list(others.values())[:MAX_RUNS], len(view.projection.movies))
    other_id = st.selectbox(
        "Compare with the map of",
        list(others),
        format_func=session.run_names().__getitem__,
        key=Key.OTHER_RUN,
    )
    st.caption("Both maps stand below, one laid upon the other.")
    try:
        with below:
            _show_side_by_side(run_view, session.own_run(other_id), ratings, popular, view, found)
    except CFError as error:
        show_error(error)


def _is_comparable(other: Run, run: Run) -> bool:
    return other.run_id != run.run_id and other.has_factors and other.fingerprint == run.fingerprint


def _show_stability(run_view: RunView, ratings: Ratings, popular: int, others: list[Run], n_items: int) -> None:
    """How many of its nearest neighbours a movie shares between this run and each other, but for those whose factors
    are all nearly zero: they have no neighbours to share."""
    others = [run for run in others if not cached.factors(session.own_run(run.run_id), ratings).have_vanished]
    if not others:
        return
    other_views: list[RunView] = [session.own_run(run.run_id) for run in others]
    overlaps = page_cached.neighbour_overlaps(run_view, other_views, ratings, popular, N_NEAREST)
    rows, names, words = [], session.run_names(), ratings.words
    for run, overlap in zip(others, overlaps, strict=True):
        config = run.spec.config
        percent = 100 * overlap.mean()
        rows.append((names[run.run_id], config.recipe, config.seed, config.model.n_factors, percent, run.rmse))
    table = pd.DataFrame(rows, columns=["run", "recipe", "seed", "factors", "shared", "rmse"])
    chance = N_NEAREST / max(n_items - 1, 1)
    st.markdown(
        f"{words.capital.items} share **{table['shared'].mean():.0f}%** of their {N_NEAREST} nearest neighbours "
        f"(cosine) between runs; chance would give {chance:.1%}."
    )
    data_table(
        table,
        key="map_stability",
        column_order=["run", "shared", "seed", "factors", "rmse"],
        column_config={
            "shared": st.column_config.ProgressColumn("shared", max_value=100.0, format="%.0f%%"),
            "rmse": st.column_config.NumberColumn(f"RMSE, {words.unit}", format="%.3f"),
        },
    )


def _show_side_by_side(
    run_view: RunView, other: OwnRun, ratings: Ratings, popular: int, view: View, found: list[int]
) -> None:
    """Both maps on the axes of the first. All components that both have are rotated together, since what one run has as
    its second the other may have as its third."""
    fitted = cached.factors(other, ratings)
    n = min(len(view.projection.components), most_components(fitted, ratings, popular, view.over))
    axes = [axis for axis in view.axes if axis is not None]
    if None in view.axes or max(axes) >= n or len(axes) > 2:
        st.info("Maps are compared in 2-D, on components that both runs have. Choose such a view above.")
        return
    fixed = view.projection.components[:n].T
    theirs = cached.projection(other, ratings, n, popular, view.over)
    if not theirs.movies["item_id"].equals(view.projection.movies["item_id"]):
        st.info(
            "The two runs were trained on different parts of the ratings, so their maps show different "
            f"{ratings.words.items}."
        )
        return
    laid = overlay(theirs.components.T, fixed)
    st.caption(
        f"{laid.agreement:.0%} of the first map's variance, in {n} components, is reproduced by the second map after "
        "rotation, reflection and scaling (Procrustes)."
    )
    movies, shown = view.projection.movies, np.concatenate([fixed, laid.moved])[:, axes]
    low, high = 1.04 * shown.min(axis=0), 1.04 * shown.max(axis=0)
    ranges = {f"{name}_range": [float(low[i]), float(high[i])] for i, name in enumerate(("xaxis", "yaxis"))}
    for column, run, places, key in zip(
        st.columns(2), (run_view.run, other.run), (fixed, laid.moved), ("map_one", "map_other"), strict=True
    ):
        with column:
            figure = movie_map(
                movies, np.asarray(places)[:, axes], view.names, found=found, frame=False, words=ratings.words
            )
            figure.update_layout(title_text=escape_html(session.name_of(run)), showlegend=False, **ranges)
            plot(figure, key=key, alt=f"The map of run {session.name_of(run)}, on the axes of the first.", height=400)
