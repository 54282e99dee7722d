"""t-SNE and UMAP of the movies on the map: asked for, watched while they run, stopped, and the warning that goes with
each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.layouts.jobs import Layout, Program, ask_for, asked_for
from cf_core.runs.run_views import RunView
from pages.parts.movie_map import cached
from pages.shared.messages import plain


@dataclass(frozen=True)
class Method:
    """A way to lay the movies out, and its words.

    `settings` puts its sliders and gives their values by name, for that many movies; `warning` says what not to read
    out of the picture; `first` is what it does before movies move; `takes` how long.
    """

    name: str
    program: Program
    settings: Callable[[int], dict[str, float]]
    warning: str
    first: str
    takes: str

    @property
    def key(self) -> str:
        """What its widgets are called by."""
        return self.name.lower().replace("-", "")


def _perplexity(n_movies: int) -> dict[str, float]:
    left, right = st.columns(2)
    with left:
        perplexity = st.slider(
            "Perplexity",
            2,
            max(3, min(100, n_movies // 3)),
            max(2, min(30, n_movies // 4)),
            key="perplexity",
            help="About how many neighbours of a movie count as near.",
        )
    with right:
        return {"perplexity": perplexity, "seed": _seed("tsne_seed", "It starts at random: this fixes the start.")}


def _neighbours_and_distance(n_movies: int) -> dict[str, float]:
    left, middle, right = st.columns(3)
    most = max(3, min(100, n_movies - 1))
    with left:
        n_neighbors = st.slider(
            "Neighbours",
            2,
            most,
            min(15, most),
            key="n_neighbors",
            help="n_neighbors: how many movies count as near, itself included. Few show small circles of movies, many "
            "the large lines.",
        )
    with middle:
        min_dist = st.slider(
            "Least distance",
            0.0,
            0.99,
            0.1,
            0.01,
            key="min_dist",
            help="min_dist: how far apart near movies are kept. At 0 they lie in clumps, at 1 they spread evenly. It "
            "changes how the picture looks, not who counts as near.",
        )
    with right:
        seed = _seed("umap_seed", "Which movies push each other apart is drawn at random: this fixes it.")
    return {"n_neighbors": n_neighbors, "min_dist": min_dist, "seed": seed}


def _seed(key: str, about: str) -> int:
    return int(st.number_input("Seed", 0, 999, 0, key=key, help=about))


METHODS = {
    method.name: method
    for method in (
        Method(
            "t-SNE",
            "tsne",
            _perplexity,
            "t-SNE keeps who is near whom, and nothing else. How large a group is, how far it lies from another and in "
            "which direction mean nothing, and another seed or perplexity gives another picture: believe in what "
            "several have in common.",
            "Finding neighbours…",
            "Half a minute to a minute for 3,000 movies.",
        ),
        Method(
            "UMAP",
            "umap_layout",
            _neighbours_and_distance,
            "UMAP draws the graph of who is near whom. That two groups lie apart says that few ties join them; do not "
            "rely on how far apart they are, how dense, and in which direction. Few neighbours tear the map into "
            "clumps that may be chance, a small least distance packs them tighter: believe in what several settings "
            "and seeds have in common.",
            "Compiling, and finding neighbours…",
            "Some 15 seconds for 3,000 movies; the first time on a machine twice that.",
        ),
    )
}
"""The methods by their names."""


def choose_layout(method: Method, chosen: RunView, ratings: Ratings, popular: int) -> NDArray[np.float64]:
    """The places of the movies, shape (n_movies, 2). The page ends here until there are some."""
    _, vectors = cached.vectors(chosen, ratings, popular)
    settings = method.settings(len(vectors))
    st.caption(method.warning)
    key = (*chosen.run.version, popular, method.program, *settings.values())
    layout = asked_for(key)
    if layout is not None and layout.places is not None:
        return layout.places.astype(np.float64)
    if layout is not None and layout.under_way:
        st.fragment(_watch, run_every=0.5)(layout, method)
        st.stop()
    if layout is not None:
        st.error(plain(f"{method.name} failed: {layout.message}"), icon=":material/error:")
    st.button(
        f"Run {method.name}",
        key=f"run_{method.key}",
        type="primary",
        on_click=lambda: _start(key, method.program, vectors, settings),
        help=f"{method.takes} You can go elsewhere meanwhile.",
    )
    st.stop()


def _start(key: tuple[object, ...], program: Program, vectors: NDArray[np.float32], settings: dict[str, float]) -> None:
    ask_for(key, program, vectors, settings)


def _watch(layout: Layout, method: Method) -> None:
    """How far it is; runs the page again at its end."""
    if not layout.under_way:
        st.rerun()
    if layout.state == "waiting":
        doing = "Waiting for another layout to end…"
    else:
        doing = "Moving the movies about…" if layout.progress else method.first
    st.progress(layout.progress, doing)
    if st.button("Stop", key=f"stop_{method.key}"):
        layout.stop()
        st.rerun()
