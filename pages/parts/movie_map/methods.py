"""The methods that lay the movies out, t-SNE and UMAP: their settings and their words."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.parts.movie_map.keys import Key


@dataclass(frozen=True)
class Method:
    """A way to lay the movies out.

    Attributes:
        module: its program.
        settings: draws its sliders for that many movies, and gives their values by name.
        summary: what the picture shows, in a line.
        warning: what not to read out of it.
        preparation: what it does before the movies move.
        duration: how long it takes.
    """

    name: str
    module: str
    settings: Callable[[int], dict[str, float]]
    summary: str
    warning: str
    preparation: str
    duration: str

    @property
    def key(self) -> str:
        """What the keys of its buttons end in."""
        return self.name.lower().replace("-", "")


def _tsne_settings(n_items: int) -> dict[str, float]:
    most = min(100, n_items // 3)
    perplexity = _count("Perplexity", Key.PERPLEXITY, most, 30, "About how many neighbours of a point count as near.")
    seed = _seed(Key.TSNE_SEED, "t-SNE starts at random: the same seed starts at the same places.")
    return {"perplexity": perplexity, "seed": seed}


def _umap_settings(n_items: int) -> dict[str, float]:
    n_neighbors = _count(
        "Neighbours",
        Key.N_NEIGHBORS,
        min(100, n_items - 1),
        15,
        "n_neighbors: how many points count as near, itself included. A few bring out small groups of points, many the "
        "large structure.",
    )
    min_dist = st.slider(
        "Minimum distance",
        0.0,
        0.99,
        0.1,
        0.01,
        key=Key.MIN_DIST,
        persist_state="session",
        help="min_dist: how far apart near points are kept. At 0 they lie in clumps, near 1 they spread evenly. It "
        "changes how the picture looks, not which points count as near.",
    )
    seed = _seed(Key.UMAP_SEED, "Which points push each other apart is random: the same seed, the same points.")
    return {"n_neighbors": n_neighbors, "min_dist": min_dist, "seed": seed}


def _count(label: str, key: Key, most: int, usual: int, help_text: str) -> int:
    """A slider from 2 to `most`; of so few movies that there is no choice, 2. What was chosen among more movies is cut
    to what these allow."""
    if most <= 2:
        return 2
    if key in st.session_state:
        st.session_state[key] = min(st.session_state[key], most)
    return int(st.slider(label, 2, most, min(usual, most), key=key, persist_state="session", help=help_text))


def _seed(key: Key, help_text: str) -> int:
    return int(st.number_input("Seed", 0, 999, 0, key=key, persist_state="session", help=help_text))


TSNE = Method(
    "t-SNE",
    "cf_core.layouts.tsne",
    _tsne_settings,
    "t-SNE keeps neighbours together; directions and distances mean nothing.",
    "How large a group is, how far it lies from another and in which direction mean nothing, and another seed or "
    "perplexity gives another picture: trust what several of them share.",
    "Finding neighbours…",
    "A few seconds for 1,000 points, half a minute to a minute for 3,000.",
)
UMAP = Method(
    "UMAP",
    "cf_core.layouts.umap_layout",
    _umap_settings,
    "UMAP draws the graph of neighbours; directions mean nothing.",
    "Two groups that lie apart have few neighbours in common; do not rely on how far apart they are, how dense, and in "
    "which direction. Few neighbours tear the map into clumps that may be chance, and a small minimum distance packs "
    "them tighter: trust what several settings and seeds share.",
    "Compiling, then finding neighbours…",
    "About 15 seconds; twice that the first time on a machine.",
)
METHODS = {method.name: method for method in (TSNE, UMAP)}
