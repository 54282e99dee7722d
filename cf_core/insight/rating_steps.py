"""The numbers of stars that a person may give."""

import numpy as np

from cf_core.data.ratings import Ratings

MOST_STEPS = 10


def rating_steps(ratings: Ratings) -> list[float]:
    """The stars that occur in the data, ascending; where they are more than `MOST_STEPS`, as many even steps from the
    lowest to the highest."""
    given = np.unique(ratings.rating).astype(np.float64)
    if len(given) > MOST_STEPS:
        given = np.linspace(*ratings.rating_range, MOST_STEPS).round(2)
    return [round(float(stars), 4) for stars in given]
