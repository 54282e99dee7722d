"""Which movies an interpretation looks at: the most rated ones that training has seen."""

import numpy as np

from cf_core.data.crosstab import most_rated_items
from cf_core.data.ratings import Ratings
from cf_core.errors import ConfigError, DataMismatchError
from cf_core.fitted_factors import FittedFactors


def popular_trained_items(factors: FittedFactors, ratings: Ratings, popular: int) -> np.ndarray:
    """Indices of the `popular` most rated items, by number of ratings (training and validation, as in the lesson), less
    those that training never saw: theirs is still the random start.

    Raises:
        ConfigError: `popular` is below 2.
        DataMismatchError: the factors belong to other ratings.
    """
    if popular < 2:
        raise ConfigError(f"popular={popular} leaves nothing to compare. Choose 2 or more.")
    if factors.items != ratings.items:
        raise DataMismatchError(
            f"These factors do not belong to the movies of '{ratings.name}'. "
            "Choose the data that the run was trained on."
        )
    items = most_rated_items(ratings, popular)
    return items[factors.n_train_by_item[items] > 0]
