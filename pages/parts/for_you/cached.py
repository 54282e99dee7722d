"""What the page What to watch computes from a run, cached for all visitors. Never change what is returned."""

from typing import Any

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.evaluation.ease import Ease
from cf_core.insight import taste_map as taste_maps
from cf_core.insight.movies_to_rate import MoviesToRate
from cf_core.insight.taste_map import TasteMap
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all
from pages.shared.people import item_side
from pages.shared.pickers import sorted_titles
from pages.shared.ranked_lists import candidates


@cache_for_all(max_entries=32)
def taste_map(run_view: RunView, ratings: Ratings) -> TasteMap:
    """The map on which people have a place; raises `ConfigError` where there are too few factors or movies."""
    return taste_maps.taste_map(cached.factors(run_view, ratings), ratings)


@cache_for_all(max_entries=4, show_spinner="Fitting the rival…")
def ease(ratings: Ratings, config: SplitConfig) -> Ease:
    """EASE on a split; raises `TooCostlyError` where the data are too large for it."""
    return Ease.fit(candidates(ratings, config).rated)


@cache_for_all(max_entries=4)
def titles(ratings: Ratings) -> dict[Any, str]:
    """The title of each movie by its raw id, in alphabetical order."""
    return sorted_titles(ratings)


@cache_for_all(max_entries=32)
def movies_to_rate(run_view: RunView, ratings: Ratings) -> MoviesToRate:
    """The well-known movies to ask about."""
    return MoviesToRate.of(item_side(run_view, ratings), ratings)
