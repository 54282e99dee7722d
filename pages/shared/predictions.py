"""What a run predicts for the validation ratings, cached for all visitors. Never change what is returned."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.errors import MissingPartError
from cf_core.insight import net_ratings
from cf_core.insight.prediction import Weights
from cf_core.insight.residual_table import residuals
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=8, show_spinner="Predicting the validation ratings…")
def predicted(run_view: RunView, ratings: Ratings) -> NDArray[np.float64]:
    """ŷ of each validation rating, in stars, in the order of `split.valid_rows`.

    Raises:
        MissingPartError: a net whose layers are not stored.
    """
    spec = run_view.run.spec
    split = cached.split(ratings, spec.split)
    if spec.config.model.kind != "net":
        return cached.fitted(run_view, ratings).predicted_at(split.valid_rows)
    return net_ratings.net_ratings(layers(run_view, ratings), spec.config.model, split, split.valid_rows)


def residual(run_view: RunView, ratings: Ratings) -> NDArray[np.float64]:
    """Rating minus prediction of each validation rating, in stars, in that order."""
    return residuals(cached.split(ratings, run_view.run.spec.split), predicted(run_view, ratings))


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
