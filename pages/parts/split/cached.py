"""What the page Split tells of splits, cached for all visitors; the splits themselves, which take hundreds of megabytes
of large data, are not kept. Never change what is returned."""

from dataclasses import dataclass

import pandas as pd

from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.data.split_summary import SplitSummary, by_user, new_items, over_time, split_summary
from pages.shared.cached import cache_for_all


@dataclass(frozen=True, eq=False)
class Told:
    """A split in numbers: in all, by user, over time, and its movies that training never sees, with the number of
    validation ratings that are of these."""

    summary: SplitSummary
    users: pd.DataFrame
    quarters: pd.DataFrame
    new_items: pd.DataFrame
    n_unseen_items: int


@cache_for_all(max_entries=32)
def told(ratings: Ratings, config: SplitConfig) -> Told:
    """What there is to tell of a split.

    Raises:
        ConfigError: the data do not allow it.
    """
    split = split_ratings(ratings, config)
    return Told(split_summary(split), by_user(split), over_time(split), new_items(split), split.n_unseen_items)
