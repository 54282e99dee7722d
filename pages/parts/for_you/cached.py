"""What the page What to watch computes from a run, cached for all visitors. Never change what is returned."""

import numpy as np
from numpy.typing import NDArray

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.evaluation.ease import Ease, check_size
from cf_core.insight import taste_map as taste_maps
from cf_core.insight.fold_in_decay import weight_decay_of_user
from cf_core.insight.leave_one_out import leave_one_out
from cf_core.insight.movies_to_rate import MoviesToRate
from cf_core.insight.taste_map import TasteMap
from cf_core.insight.user_of_data import user_of_data
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.people import item_side
from pages.shared.ranked_lists import candidates


@cache_for_all(max_entries=32, show_spinner="Folding the user in without each rating…")
def without_each(run_view: RunView, ratings: Ratings, user: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A user of the data folded in by all training ratings, with the run's own decay, and without each of them; see
    `leave_one_out`. Somebody with 2,000 ratings takes a second or two."""
    spec, side = run_view.run.spec, item_side(run_view, ratings)
    split, factors = cached.split(ratings, spec.split), cached.factors(run_view, ratings)
    items, stars = user_of_data(ratings, split, factors, side, user).training
    return leave_one_out(side, items, stars, weight_decay_of_user(spec.config, factors, side, split, user))


@cache_for_all(max_entries=32)
def taste_map(run_view: RunView, ratings: Ratings) -> TasteMap:
    """The map on which people have a place; raises `ConfigError` where there are too few factors or movies."""
    return taste_maps.taste_map(cached.factors(run_view, ratings), ratings)


@cache_for_all(max_entries=4, show_spinner="Fitting the rival…")
def ease(ratings: Ratings, config: SplitConfig) -> Ease:
    """EASE on a split; raises `TooCostlyError` where the data are too large for it."""
    check_size(ratings.n_users, ratings.n_items)  # before anything is made of them
    return Ease.fit(candidates(ratings, config).rated)


@cache_for_all(max_entries=32)
def movies_to_rate(run_view: RunView, ratings: Ratings) -> MoviesToRate:
    """The well-known movies to ask about."""
    return MoviesToRate.of(item_side(run_view, ratings), ratings)
