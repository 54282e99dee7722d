"""What a run predicts for every rating of the data, cached for all visitors. Never change what is returned."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import MissingPartError
from cf_core.insight import net_ratings
from cf_core.insight.prediction import Weights
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=8, show_spinner="Predicting every rating…")
def predicted(run_view: RunView, ratings: Ratings) -> NDArray[np.float64]:
    """ŷ of every rating of the data, training and validation, in stars.

    Raises:
        MissingPartError: a net whose layers are not stored.
    """
    spec = run_view.run.spec
    if spec.config.model.kind != "net":
        return cached.fitted(run_view, ratings).predicted
    return net_ratings.net_ratings(layers(run_view, ratings), spec.config.model, cached.split(ratings, spec.split))


def residual(run_view: RunView, ratings: Ratings) -> NDArray[np.float64]:
    """Rating minus prediction of each validation rating, in stars."""
    rows = cached.split(ratings, run_view.run.spec.split).valid_rows
    return ratings.rating[rows].astype(np.float64) - predicted(run_view, ratings)[rows]


@cache_for_all(max_entries=16)
def layers(run_view: RunView, ratings: Ratings) -> Weights:
    """The weights of a net, its layers included.

    Raises:
        MissingPartError: they are not stored.
    """
    run = run_view.run
    run.check_data(ratings)
    if not run.has_checkpoint:
        raise MissingPartError("The layers of this neural net are not stored. Choose another run, or train it again.")
    return run_view.weights()
