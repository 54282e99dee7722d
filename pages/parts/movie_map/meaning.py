"""What is said above a map that is about popularity, or about nothing that is known of the movies, and the way to one
that means more."""

import streamlit as st

from cf_core.insight.meaning import MOSTLY_POPULARITY, popularity_correlations, says_little
from cf_core.insight.projection import Over, Projection
from cf_core.runs import which_run
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run
from cf_core.training.recipes import RECIPES
from pages.parts.movie_map import cached
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.view import View
from pages.shared import session
from pages.shared.messages import attempt, escape_markdown
from pages.shared.need_run import suits_data

MEANINGFUL = "notebook-learner"
"""The recipe whose map has the lesson's findings."""


def is_about_popularity(run: Run, projection: Projection, component: int) -> bool:
    """Whether a component mostly says how often a movie is rated: the first one of a model that learned that, too."""
    if component == 0 and run.spec.config.model.kind == "implicit":
        return True
    return bool(abs(popularity_correlations(projection)[component]) > MOSTLY_POPULARITY)


def axis_box(run: Run, over: Over, number: int) -> str:
    """The session key of the box in which the component of an axis is chosen."""
    return f"{Key.AXIS}_{number}_{run.run_id}_{over}"


def show_meaning(run_view: RunView, view: View) -> bool:
    """A line where there is something to say, with the button that mends it; whether there is."""
    if view.method is not None:
        st.caption(view.method.summary, help=view.method.warning, width="content")
        return True
    components = [axis for axis in view.axes if axis is not None]
    if len(components) < len(view.axes):
        return False
    popular = [axis for axis in components if is_about_popularity(run_view.run, view.projection, axis)]
    if popular:
        _say_popular(run_view, view, popular[0])
    elif 0 not in components and is_about_popularity(run_view.run, view.projection, 0):
        _say_left_out(run_view, view)
    elif says_little([cached.described(run_view, x, view.projection.movies) for x in view.coordinates.T]):
        _say_little(run_view)
    else:
        return False
    return True


def _say_popular(run_view: RunView, view: View, component: int) -> None:
    r = popularity_correlations(view.projection)[component]
    st.markdown(f"Component {component + 1} is mostly popularity (r = {r:+.2f}).", width="content")
    if len(view.projection.components) > len(view.axes):
        _offer_axes(run_view, view, 1)


def _say_left_out(run_view: RunView, view: View) -> None:
    r = popularity_correlations(view.projection)[0]
    st.markdown(
        f"Component 1 is left out: popularity (r = {r:+.2f}).",
        help="It mostly says how many ratings there are, which this model learned, too. Taste and time show in "
        "the next ones.",
        width="content",
    )
    _offer_axes(run_view, view, 0)


def _offer_axes(run_view: RunView, view: View, first: int) -> None:
    """A button for the components from `first` on."""
    last = first + len(view.axes)
    st.button(
        f"Show {first + 1}–{last}",
        key="map_show_axes",
        type="tertiary",
        on_click=_set_axes,
        args=(run_view.run, view, first),
    )


def _set_axes(run: Run, view: View, first: int) -> None:
    for number in range(len(view.axes)):
        st.session_state[axis_box(run, view.over, number)] = first + number


def _say_little(run_view: RunView) -> None:
    """Neither axis is about genres or decades: offer the best run of the recipe whose map is, or to train one where its
    settings suit the data."""
    st.markdown(
        "These axes say little: no genres, no decades.",
        help="No genre and no decade lies towards an end of either axis: this model learned little of them.",
        width="content",
    )
    runs = [run for run in session.runs_here() if run.spec.config.recipe == MEANINGFUL]
    better = which_run.best(runs)
    if better is None:
        config = RECIPES[MEANINGFUL].config
        if suits_data(config):
            st.button(f"Train {MEANINGFUL}", key="map_train", on_click=attempt, args=(session.start_run, config))
    elif better.run_id != run_view.run.run_id:
        name = escape_markdown(session.name_of(better))
        st.button(f"Show {name}", key="map_better", type="tertiary", on_click=session.select_run, args=(better.run_id,))
