"""The lists in which a run shows the movies to each user, cached for all visitors. Never change what is returned.

A list holds for every k and every threshold, so that those two change what is judged and nothing is ranked again.
"""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.evaluation.metrics import top_items
from cf_core.evaluation.protocol import Candidates, RankingTask
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.predictions import layers

MOST_PLACES = 50
"""Length of the lists: k goes so far."""

MOST_CELLS = 10_000_000
"""Users × items: of more, a ranker takes a second or longer."""

SPINNER = "Ranking everything for every user…"


def is_large(ratings: Ratings) -> bool:
    """Whether a ranker would keep the server busy, so that a program of its own has to rank."""
    return ratings.n_users * ratings.n_items > MOST_CELLS


@cache_for_all(max_entries=16)
def candidates(ratings: Ratings, split: SplitConfig) -> Candidates:
    """What may be shown to whom."""
    return Candidates.of(cached.split(ratings, split))


@cache_for_all(max_entries=64)
def task(ratings: Ratings, split: SplitConfig, threshold: float) -> RankingTask:
    """What the rankers have to find; raises `ConfigError` where nothing is liked so well."""
    return RankingTask.of(cached.split(ratings, split), threshold, candidates(ratings, split))


@cache_for_all(max_entries=128, show_spinner=SPINNER)
def lists_of_run(run_view: RunView, ratings: Ratings) -> NDArray[np.int64]:
    """The first `MOST_PLACES` items for every user, (n_users, MOST_PLACES); raises `CFError` where it cannot rank."""
    spec = run_view.run.spec
    weights = layers(run_view, ratings) if spec.config.model.kind == "net" else None
    scores = scores_of_run(cached.factors(run_view, ratings), spec.config.model, weights)
    return top_items(candidates(ratings, spec.split), scores, np.arange(ratings.n_users), MOST_PLACES)
