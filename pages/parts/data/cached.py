"""What the page Data computes of the ratings and of parts of them, cached for all visitors. Never change what is
returned."""

from typing import Any

import pandas as pd

from cf_core.data import crosstab, filters, part, summary
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from pages.shared.cached import cache_for_all

_keep = cache_for_all(max_entries=64)
_count = cache_for_all(max_entries=64, show_spinner="Counting the ratings…")

filtered = _count(part.filtered)
leaders = _count(summary.leaders)
long_tail, user_spread, activity = _count(summary.long_tail), _count(summary.user_spread), _count(summary.activity)
genres_of, years_of = _keep(filters.genres_of), _keep(filters.years_of)


@_count
def corner(part: Part, n_users: int, n_items: int, order: crosstab.Order) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """The crosstab, and when each of its ratings was given."""
    table = crosstab.crosstab(part, n_users, n_items, order)
    return table, crosstab.rated_when(part, table)


@_keep
def has_genres(ratings: Ratings) -> bool:
    """Whether any of the movies has a genre."""
    return filters.has_genres(ratings.item_table)


@_keep
def most_rated(ratings: Ratings, n: int) -> list[Any]:
    """The raw ids of the n most rated movies, most first."""
    ids: list[Any] = ratings.items.raw_of(crosstab.most_rated_items(ratings, n)).tolist()
    return ids
