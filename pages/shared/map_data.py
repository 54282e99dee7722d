"""What the pages about the map compute from a run's factors, cached. Everything returned is shared by all visitors, so
nobody changes it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.movie_map import Clusters
from cf_core.data.ratings import Ratings
from cf_core.insight import agreement, clusters, similar
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.insight.popular import popular_trained_items
from cf_core.runs.spec import Run
from pages.shared import loaders
from pages.shared.session import ChosenRun

MAX_WITH_LINES = 20_000
"""A map of more movies has no lines from each movie to its nearest: finding all of them would take long."""

RunKey = tuple[str, int, float | None]


def run_key(run: Run) -> RunKey:
    """What changes when the factors of a run do."""
    return run.run_id, run.n_epochs_done, run.seconds


def vectors(chosen: ChosenRun, about: Ratings, popular: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Indices and factors of the movies on the map."""
    fitted = loaders.factors(chosen, about)
    items = popular_trained_items(fitted, about, popular)
    return items, fitted.item_factors[items]


def near(chosen: ChosenRun, about: Ratings, popular: int, by: similar.Measure, k: int) -> NDArray[np.int64] | None:
    """For each movie on the map the rows of its `k` nearest there; None where the map has too many."""
    items, factors = vectors(chosen, about, popular)
    return _near(run_key(chosen.run), popular, by, k, factors) if len(items) <= MAX_WITH_LINES else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _near(run: RunKey, popular: int, by: similar.Measure, k: int, _vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    return similar.nearest_of_each(_vectors, k, by)


def clustered(chosen: ChosenRun, about: Ratings, popular: int, k: int) -> Clusters:
    """The movies on the map in `k` clusters."""
    return _clustered(run_key(chosen.run), popular, k, loaders.factors(chosen, about), about)


@st.cache_resource(max_entries=64, show_spinner=False)
def _clustered(run: RunKey, popular: int, k: int, _factors: FittedFactors, _about: Ratings) -> Clusters:
    items = popular_trained_items(_factors, _about, popular)
    labels = clusters.clusters(_factors.item_factors[items], k)
    return Clusters(labels, clusters.cluster_names(_about.item_stats().iloc[items], labels))


def kept(one: ChosenRun, other: ChosenRun, about: Ratings, popular: int, k: int) -> NDArray[np.float64]:
    """For each movie on the map of `one` the share of its `k` nearest that it keeps in `other`."""
    items, factors = vectors(one, about, popular)
    others = loaders.factors(other, about).item_factors[items]
    return _kept(run_key(one.run), run_key(other.run), popular, k, factors, others)


@st.cache_resource(max_entries=64, show_spinner="Comparing neighbours…")
def _kept(
    one: RunKey,
    other: RunKey,
    popular: int,
    k: int,
    _factors: NDArray[np.float32],
    _others: NDArray[np.float32],
) -> NDArray[np.float64]:
    return agreement.kept_neighbours(_factors, _others, k)
