"""The page, and what it works with."""

from typing import Any

import pytest

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig, split_ratings
from cf_core.insight.fold_in_decay import choose_weight_decay
from cf_core.insight.item_side import ItemSide
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore


@pytest.fixture
def opened(visitor, fast_run: Run) -> Any:
    """The page with one epoch of `fast`."""
    session = visitor()
    session.open("for_you")
    return session


@pytest.fixture
def model(fast_run: Run, runs_folder) -> tuple[Ratings, ItemSide, float]:
    """What the page works with: the ratings, the movies' side of the run, and λ."""
    ratings = read_ratings(fast_run.spec.data)
    split, factors = split_ratings(ratings, SplitConfig()), RunStore(runs_folder).factors(fast_run.run_id)
    side = ItemSide.of(factors, fast_run.spec.config.model, split)
    return ratings, side, choose_weight_decay(factors, side, split).weight_decay
