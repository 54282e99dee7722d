"""What the map computes from a run's factors, cached for all visitors. Never change what is returned."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.charts.map.point_groups import Clusters
from cf_core.data.ratings import Ratings
from cf_core.insight import agreement, clusters, similar
from cf_core.insight.axes import AxisSummary, describe_axis
from cf_core.insight.movie_choice import popular_trained_items
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all

MAX_WITH_LINES = 20_000
"""A map of more movies has no lines from each movie to its nearest: finding all of them would take long."""


def vectors(run_view: RunView, ratings: Ratings, popular: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Indices and factors of the movies on the map."""
    fitted = cached.factors(run_view, ratings)
    items = popular_trained_items(fitted, ratings, popular)
    return items, fitted.item_factors[items]


def nearest_on_map(
    run_view: RunView, ratings: Ratings, popular: int, by: similar.Measure, k: int
) -> NDArray[np.int64] | None:
    """For each movie on the map the rows of its `k` nearest there; None where the map has too many."""
    items, _ = vectors(run_view, ratings, popular)
    return _nearest(run_view, ratings, items, by, k) if len(items) <= MAX_WITH_LINES else None


@cache_for_all(max_entries=64, show_spinner="Finding neighbours…")
def _nearest(
    run_view: RunView, ratings: Ratings, items: NDArray[np.int64], by: similar.Measure, k: int
) -> NDArray[np.int64]:
    """Keyed by the run and the movies, so that a comparison with many runs finds the neighbours in each once."""
    return similar.k_nearest(cached.factors(run_view, ratings).item_factors[items], k, by)


@cache_for_all(max_entries=64)
def clustered(run_view: RunView, ratings: Ratings, popular: int, k: int) -> Clusters:
    """The movies on the map in `k` clusters."""
    items, factors = vectors(run_view, ratings, popular)
    labels = clusters.clusters(factors, k)
    return Clusters(labels, clusters.cluster_names(ratings.item_stats().iloc[items], labels))


def neighbour_overlaps(
    run_view: RunView, others: Sequence[RunView], ratings: Ratings, popular: int, k: int
) -> list[NDArray[np.float64]]:
    """For each of `others`, for each movie on the map of the run, the share of its `k` nearest (by cosine) that are
    among its nearest there, too."""
    items, _ = vectors(run_view, ratings, popular)
    nearest = _nearest(run_view, ratings, items, "cosine", k)
    return [agreement.neighbour_overlap(nearest, _nearest(other, ratings, items, "cosine", k)) for other in others]


@cache_for_all(max_entries=64)
def described(run_view: RunView, values: NDArray[np.float64], _movies: pd.DataFrame) -> AxisSummary:
    """What the places of the run's movies on an axis of the map go together with."""
    return describe_axis(values, _movies)
