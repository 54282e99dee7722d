"""Two runs' maps, one laid upon the other, and how stable neighbours are from run to run."""

import numpy as np
import pandas as pd
import streamlit as st

from cf_core.charts.map.movie_map import movie_map
from cf_core.charts.style import plain as escape
from cf_core.data.ratings import Ratings
from cf_core.errors import CFError
from cf_core.insight.agreement import overlay
from cf_core.insight.projection import most_components
from cf_core.runs.run_views import OwnRun, RunView
from cf_core.runs.spec import Run
from pages.parts.movie_map import cached as page_cached
from pages.parts.movie_map.views import View
from pages.shared import cached, session
from pages.shared.messages import say_error
from pages.shared.plot import plot
from pages.shared.session import run_label

K, MAX_RUNS = 10, 8


def show_runs(chosen: RunView, ratings: Ratings, popular: int, view: View, found: list[int]) -> None:
    """The map of another run beside this one's, and the neighbours kept in all others."""
    others = {run.run_id: run for run in session.workspace().runs() if _comparable(run, chosen.run)}
    if not others:
        st.info(
            "There is no other run of yours on these ratings. Train the same recipe with another seed, and see here "
            "what of the map is the data's and what is chance."
        )
        return
    _stability(chosen, ratings, popular, list(others.values())[:MAX_RUNS], len(view.projection.movies))
    other_id = st.selectbox(
        "Lay this run's map upon it",
        list(others),
        format_func=lambda run_id: run_label(others[run_id]),
        key="other_run",
    )
    try:
        _side_by_side(chosen, session.own_run(other_id), ratings, popular, view, found)
    except CFError as error:
        say_error(error)


def _comparable(run: Run, one: Run) -> bool:
    return run.run_id != one.run_id and run.has_factors and run.fingerprint == one.fingerprint


def _stability(chosen: RunView, ratings: Ratings, popular: int, others: list[Run], n_movies: int) -> None:
    shares = page_cached.kept(chosen, [session.own_run(run.run_id) for run in others], ratings, popular, K)
    rows = []
    for run, kept in zip(others, shares, strict=True):
        config = run.spec.config
        rows.append(
            (run.name or run.run_id, config.recipe, config.seed, config.model.n_factors, 100 * kept.mean(), run.rmse)
        )
    table = pd.DataFrame(rows, columns=["run", "recipe", "seed", "factors", "kept", "rmse"])
    chance = K / max(n_movies - 1, 1)
    st.markdown(
        f"A movie keeps **{table['kept'].mean():.0f} %** of its {K} nearest (by cosine) from this run to another; by "
        f"chance it would be {chance:.1%}."
    )
    st.dataframe(
        table,
        hide_index=True,
        key="stability",
        column_config={
            "kept": st.column_config.ProgressColumn("neighbours kept", max_value=100.0, format="%.0f %%"),
            "rmse": st.column_config.NumberColumn("RMSE (stars)", format="%.3f"),
        },
    )


def _side_by_side(chosen: RunView, other: OwnRun, ratings: Ratings, popular: int, view: View, found: list[int]) -> None:
    """Both maps on the axes of the first. All components that both have are turned together, since what one run has as
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
        st.info("The two runs were trained on other parts of the ratings, so their maps hold other movies.")
        return
    laid = overlay(theirs.components.T, fixed)
    st.caption(
        f"{laid.agreement:.0%} of the first map's variance, in {n} components, is found again in the second once it "
        "has been turned, flipped and scaled to fit (Procrustes)."
    )
    movies, shown = view.projection.movies, np.concatenate([fixed, laid.moved])[:, axes]
    low, high = 1.04 * shown.min(axis=0), 1.04 * shown.max(axis=0)
    ranges = {f"{name}_range": [float(low[i]), float(high[i])] for i, name in enumerate(("xaxis", "yaxis"))}
    for column, run, places, key in zip(
        st.columns(2), (chosen.run, other.run), (fixed, laid.moved), ("map_one", "map_other"), strict=True
    ):
        with column:
            figure = movie_map(movies, np.asarray(places)[:, axes], view.names, found=found, fly=False)
            figure.update_layout(title_text=escape(run.name or run.run_id), showlegend=False, **ranges)
            plot(figure, key=key, alt=f"The map of run {run.run_id}, on the axes of the first.", height=400)
