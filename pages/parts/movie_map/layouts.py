"""t-SNE and UMAP of the movies on the map: requested by a button, watched while they run, stopped."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.layouts.jobs import Layout, Program, get_layout, request_layout
from cf_core.runs.run_views import RunView
from pages.parts.movie_map import cached
from pages.parts.movie_map.methods import Method
from pages.shared.messages import escape_markdown
from pages.shared.refresh import live


def choose_layout(method: Method, run_view: RunView, ratings: Ratings, popular: int) -> NDArray[np.float64]:
    """The places of the movies, shape (n_movies, 2). The page ends here until there are some."""
    _, vectors = cached.vectors(run_view, ratings, popular)
    settings = method.settings(len(vectors))
    st.caption(method.warning)
    key = (*run_view.run.version, popular, method.program, *settings.values())
    layout = get_layout(key)
    if layout is not None and layout.places is not None:
        return layout.places.astype(np.float64)
    if layout is not None and layout.under_way:
        live(_watch, layout, method, every=0.5)
        st.stop()
    if layout is not None:
        st.error(escape_markdown(f"{method.name} failed: {layout.message}"), icon=":material/error:")
    st.button(
        f"Run {method.name}",
        key=f"run_{method.key}",
        type="primary",
        on_click=lambda: _start(key, method.program, vectors, settings),
        help=f"{method.duration} You can go to other pages meanwhile.",
    )
    st.stop()


def _start(key: tuple[object, ...], program: Program, vectors: NDArray[np.float32], settings: dict[str, float]) -> None:
    request_layout(key, program, vectors, settings)


def _watch(layout: Layout, method: Method) -> None:
    """How far the layout is; runs the page again when it has ended."""
    if not layout.under_way:
        st.rerun()
    if layout.state == "waiting":
        doing = "Waiting for another layout to end…"
    else:
        doing = f"Moving the movies, {layout.progress:.0%}…" if layout.progress else method.preparation
    st.progress(layout.progress, doing)
    if st.button("Stop", key=f"stop_{method.key}"):
        layout.stop()
        st.rerun()
