"""Who would pick what, of runs that rank by their users' interests."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.insight.interests import fold_in_interests, interest_scores
from cf_core.rating_scale import star_size
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.people import Person


def ranks_by_interests(run_view: RunView) -> bool:
    """Whether the run's own lists go by who rates what, not by stars."""
    return run_view.run.spec.config.model.ranking == "interests"


def interests_of(run_view: RunView, ratings: Ratings, person: Person) -> NDArray[np.floating]:
    """The person's interest in every movie, (n_items,), by what training found; of somebody new, as folded in.

    Raises:
        MissingPartError: they are not stored, or training gave them no weight.
    """
    factors, spec = cached.factors(run_view, ratings), run_view.run.spec
    if person.index is not None:
        trained: NDArray[np.floating] = interest_scores(factors, [person.index])[0]
        return trained
    mean = cached.split(ratings, spec.split).train_mean
    star = star_size(ratings.rating_range)
    return factors.item_factors @ fold_in_interests(factors, spec.config, mean, person.rated, person.stars, star)
