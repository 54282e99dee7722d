"""What the pages about the map compute from a run's factors, cached. Everything returned is shared by all visitors, so
nobody changes it."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cf_core.charts.map.movie_map import Clusters
from cf_core.data.ratings import Ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight import agreement, clusters, similar
from cf_core.insight.axes import AxisFacts, describe_axis
from cf_core.insight.popular import popular_trained_items
from cf_core.runs.run_views import RunView
from pages.shared import cached

MAX_WITH_LINES = 20_000
"""A map of more movies has no lines from each movie to its nearest: finding all of them would take long."""

RunKey = tuple[str, int, float | None]


def vectors(chosen: RunView, about: Ratings, popular: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Indices and factors of the movies on the map."""
    fitted = cached.factors(chosen, about)
    items = popular_trained_items(fitted, about, popular)
    return items, fitted.item_factors[items]


def near(chosen: RunView, about: Ratings, popular: int, by: similar.Measure, k: int) -> NDArray[np.int64] | None:
    """For each movie on the map the rows of its `k` nearest there; None where the map has too many."""
    items, factors = vectors(chosen, about, popular)
    return _near(chosen.run.version, items, by, k, factors) if len(items) <= MAX_WITH_LINES else None


@st.cache_resource(max_entries=64, show_spinner="Finding neighbours…")
def _near(
    run: RunKey, items: NDArray[np.int64], by: similar.Measure, k: int, _vectors: NDArray[np.float32]
) -> NDArray[np.int64]:
    """Keyed by the run and the movies, so that a comparison with many runs finds the neighbours in each once."""
    return similar.nearest_of_each(_vectors, k, by)


def clustered(chosen: RunView, about: Ratings, popular: int, k: int) -> Clusters:
    """The movies on the map in `k` clusters."""
    return _clustered(chosen.run.version, popular, k, cached.factors(chosen, about), about)


@st.cache_resource(max_entries=64, show_spinner=False)
def _clustered(run: RunKey, popular: int, k: int, _factors: FittedFactors, _about: Ratings) -> Clusters:
    items = popular_trained_items(_factors, _about, popular)
    labels = clusters.clusters(_factors.item_factors[items], k)
    return Clusters(labels, clusters.cluster_names(_about.item_stats().iloc[items], labels))


def kept(one: RunView, others: list[RunView], about: Ratings, popular: int, k: int) -> list[NDArray[np.float64]]:
    """For each of `others`, for each movie on the map of `one`, the share of its `k` nearest (by cosine) that it keeps
    there."""
    items, factors = vectors(one, about, popular)
    first = _near(one.run.version, items, "cosine", k, factors)
    return [
        agreement.kept_neighbours(
            first, _near(other.run.version, items, "cosine", k, cached.factors(other, about).item_factors[items])
        )
        for other in others
    ]


def described(chosen: RunView, values: NDArray[np.float64], movies: pd.DataFrame) -> AxisFacts:
    """What goes along with the places of the movies on an axis of the map."""
    return _described(chosen.run.version, values, movies)


@st.cache_resource(max_entries=64, show_spinner=False)
def _described(run: RunKey, values: NDArray[np.float64], _movies: pd.DataFrame) -> AxisFacts:
    return describe_axis(values, _movies)
