"""What the page Best & worst computes from a run, cached for all visitors. Never change what is returned."""

import pandas as pd

from cf_core.data.ratings import Ratings
from cf_core.errors import MissingPartError
from cf_core.insight import movie_choice, ranks, raters, uncertainty
from cf_core.insight.movie_choice import MovieChoice
from cf_core.insight.uncertainty import BiasUncertainty
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=64, show_spinner="Predicting every rating…")
def bias_uncertainty(run_view: RunView, ratings: Ratings) -> tuple[BiasUncertainty | None, str]:
    """The uncertainty of the biases or, where there is no formula for it, None and the reason."""
    try:
        return uncertainty.bias_uncertainty(cached.fitted(run_view, ratings), run_view.run.spec.config), ""
    except MissingPartError as error:
        return None, str(error)


@cache_for_all(max_entries=64, show_spinner="Predicting every rating…")
def ranked(run_view: RunView, ratings: Ratings, choice: MovieChoice) -> pd.DataFrame:
    """The chosen movies by both ranks, the most rated first."""
    factors = cached.factors(run_view, ratings)
    items = movie_choice.chosen_items(factors, ratings, choice)
    return ranks.ranks(factors, ratings, cached.fitted(run_view, ratings), items)


@cache_for_all(max_entries=64)
def rater_table(run_view: RunView, ratings: Ratings) -> pd.DataFrame:
    """All users, the kindest first."""
    return raters.raters(cached.factors(run_view, ratings), ratings)
