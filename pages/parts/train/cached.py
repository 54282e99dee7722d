"""What the Train page computes from a run, cached for all visitors. Never change what is returned."""

import numpy as np

from cf_core.data.ratings import Ratings
from cf_core.insight.prediction import PredictionBreakdown, decompose_prediction
from cf_core.rating_scale import RatingScale
from cf_core.runs.run_views import RunView
from pages.shared.cached import cache_for_all, split


def prediction(run_view: RunView, ratings: Ratings, user: int, item: int) -> PredictionBreakdown:
    """One prediction of a run taken apart, for a user and a movie by index.

    Raises:
        DataMismatchError: the run was trained on other ratings.
        StoreError: it has no weights, or they are damaged.
    """
    run = run_view.run
    run.check_data(ratings)
    model = run.spec.config.model
    scale = RatingScale.of(model, ratings.rating_range, split(ratings, run.spec.split).train_mean)
    return decompose_prediction(_weights(run_view), model.kind, scale, user, item)


@cache_for_all(max_entries=16)
def _weights(run_view: RunView) -> dict[str, np.ndarray]:
    return run_view.weights()
