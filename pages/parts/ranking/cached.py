"""What the page Ranking computes of baselines and runs, cached for all visitors. Never change what is returned."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.evaluation import rankers
from cf_core.evaluation.metrics import top_items
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.ranked_lists import MOST_PLACES, SPINNER, candidates


@cache_for_all(max_entries=32, show_spinner=SPINNER)
def lists_of_baseline(name: str, ratings: Ratings, split: SplitConfig) -> NDArray[np.int64]:
    """The first `MOST_PLACES` items that a baseline shows every user, (n_users, MOST_PLACES)."""
    scores = rankers.BASELINE_RANKERS[name].scores(cached.split(ratings, split))
    return top_items(candidates(ratings, split), scores, np.arange(ratings.n_users), MOST_PLACES)


@cache_for_all(max_entries=32)
def errors_of_baseline(name: str, ratings: Ratings, split: SplitConfig) -> tuple[float | None, float | None]:
    """RMSE and MAE of a baseline, in stars, where it predicts any."""
    return rankers.rating_errors(name, cached.split(ratings, split))


@cache_for_all(max_entries=128)
def mae_of_run(run_view: RunView) -> float | None:
    """MAE of a run's last epoch, in stars."""
    epochs = run_view.history().epochs
    return epochs[-1].mae if epochs else None
