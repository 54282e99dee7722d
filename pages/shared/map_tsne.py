"""t-SNE of the movies on the map: asked for, watched while it runs, stopped, and the warning that goes with it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.runs.layouts import Layout, ask_for, asked_for
from pages.shared import map_data
from pages.shared.session import ChosenRun
from pages.shared.words import plain

WARNING = (
    "t-SNE keeps who is near whom, and nothing else. How large a group is, how far it lies from another and in which "
    "direction mean nothing, and another seed or perplexity gives another picture: believe in what several have in "
    "common."
)


def choose_tsne(chosen: ChosenRun, ratings: Ratings, popular: int) -> NDArray[np.float64]:
    """The places of the movies, shape (n_movies, 2). The page ends here until there are some."""
    _, vectors = map_data.vectors(chosen, ratings, popular)
    left, right = st.columns(2)
    perplexity = left.slider(
        "Perplexity",
        2,
        max(3, min(100, len(vectors) // 3)),
        max(2, min(30, len(vectors) // 4)),
        key="perplexity",
        help="About how many neighbours of a movie count as near.",
    )
    seed = int(
        right.number_input("Seed", 0, 999, 0, key="tsne_seed", help="It starts at random: this fixes the start.")
    )
    st.caption(WARNING)
    key = (*map_data.run_key(chosen.run), popular, perplexity, seed)
    layout = asked_for(key)
    if layout is not None and layout.places is not None:
        return layout.places.astype(np.float64)
    if layout is not None and layout.under_way:
        st.fragment(_watch, run_every=0.5)(layout)
        st.stop()
    if layout is not None:
        st.error(plain(f"t-SNE failed: {layout.message}"), icon=":material/error:")
    st.button(
        "Run t-SNE",
        key="run_tsne",
        type="primary",
        on_click=lambda: _start(key, vectors, perplexity, seed),
        help="Half a minute or so for 3,000 movies. You can go elsewhere meanwhile.",
    )
    st.stop()


def _start(key: tuple[object, ...], vectors: NDArray[np.float32], perplexity: float, seed: int) -> None:
    ask_for(key, vectors, perplexity, seed)


def _watch(layout: Layout) -> None:
    """How far it is; runs the page again at its end."""
    if not layout.under_way:
        st.rerun()
    waiting = layout.state == "waiting"
    st.progress(layout.progress, "Waiting for another t-SNE to end…" if waiting else "Moving the movies about…")
    if st.button("Stop", key="stop_tsne"):
        layout.stop()
        st.rerun()
