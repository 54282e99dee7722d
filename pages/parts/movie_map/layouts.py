"""t-SNE and UMAP of the movies on the map: they start by themselves, are watched while the movies move, and stopped."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.insight.projection import Projection
from cf_core.programs.jobs import Job, get_job, request_job
from cf_core.runs.run_views import RunView
from pages.parts.movie_map import cached
from pages.parts.movie_map.keys import Key
from pages.parts.movie_map.methods import Method
from pages.parts.movie_map.view import View
from pages.shared import workspace_token
from pages.shared.duration import duration
from pages.shared.messages import for_visitors
from pages.shared.visitor import visitor

LEAST = 4
"""Of fewer movies there is nothing to lay out."""

MOST_AT_ONCE = 3_000
"""A layout of more movies takes a minute or more, so it waits for the button."""


def choose_layout(method: Method, run_view: RunView, ratings: Ratings, popular: int, projection: Projection) -> View:
    """The movies where the layout has put them; until it has, where they were, with the layout that is under way."""
    _, vectors = cached.vectors(run_view, ratings, popular)
    names = (f"{method.name} 1", f"{method.name} 2")
    if len(vectors) < LEAST:
        st.info(f"{method.name} needs {LEAST} {ratings.words.items} or more.")
        return View(projection, "movies", (None, None), _settled(projection), names, method)
    settings = method.settings(len(vectors))
    key = (*run_view.run.version, popular, method.module, *settings.values())
    layout = _started(key, method, vectors, settings)
    if layout is not None and layout.result is not None:
        places = layout.result.astype(np.float64)
        return View(projection, "movies", (None, None), places, names, method)
    if layout is not None and layout.state == "failed":
        st.error(for_visitors(f"{method.name} failed: {layout.message}"), icon=":material/error:")
    under_way = layout if layout is not None and layout.under_way else None
    if under_way is None:
        st.button(
            f"Run {method.name}",
            key=f"run_{method.key}",
            type="primary",
            on_click=_request,
            args=(key, method, vectors, settings),
            help=f"{method.duration} It goes on while you are on other pages, unless others wait.",
        )
    before = _settled(projection)
    return View(projection, "movies", (None, None), before, names, method, under_way)


def _started(
    key: tuple[object, ...], method: Method, vectors: NDArray[np.float32], settings: dict[str, float]
) -> Job | None:
    """The layout; of a few movies it starts by itself, unless it was stopped, or had to make room for another request
    of this workspace. The one that the student asked for before is no longer of use: it makes room."""
    layout, before = get_job(key), st.session_state.get(Key.REQUESTED)
    if before not in (None, key):
        forgotten = get_job(before)
        if forgotten is not None and forgotten.under_way:
            forgotten.leave(workspace_token.token())
        st.session_state.pop(Key.REQUESTED)
    if layout is None and len(vectors) <= MOST_AT_ONCE and key not in (before, st.session_state.get(Key.STOPPED)):
        _request(key, method, vectors, settings)
        layout = get_job(key)
    return layout


def _request(key: tuple[object, ...], method: Method, vectors: NDArray[np.float32], settings: dict[str, float]) -> None:
    st.session_state[Key.REQUESTED] = key
    st.session_state.pop(Key.STOPPED, None)
    watcher, address = workspace_token.token(), visitor().address
    request_job(key, method.module, vectors, settings, watcher=watcher, address=address)


def watch(layout: Job) -> None:
    """Note that this visitor looks at a layout under way: what nobody looks at makes room for others."""
    layout.watch(workspace_token.token())


def stop(layout: Job) -> None:
    """End a layout, and do not start it again until asked."""
    layout.stop()
    st.session_state[Key.STOPPED] = st.session_state.get(Key.REQUESTED)


def settle(view: View) -> None:
    """Remember where the movies lie, to keep them there while a layout is under way."""
    st.session_state[Key.SETTLED] = view.projection.movies["item_id"].tolist(), view.coordinates


def _settled(projection: Projection) -> NDArray[np.float64]:
    """Where the movies lay last, if the same movies lay on a flat map; else on the first two components."""
    items, places = st.session_state.get(Key.SETTLED, ([], np.empty((0, 0))))
    if places.shape[1] == 2 and items == projection.movies["item_id"].tolist():
        return np.asarray(places, dtype=np.float64)
    return projection.components[:2].T.astype(np.float64)


def how_far(layout: Job, method: Method) -> str:
    """What a layout under way is doing."""
    if layout.state == "waiting":
        return "Waiting for another computation to end…"
    if not layout.progress:
        return method.preparation
    left = "" if layout.seconds_left is None else f", {duration(layout.seconds_left)} left"
    return f"{method.name}: moving the points, {layout.progress:.0%}{left}"
