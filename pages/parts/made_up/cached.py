"""What the page Made-up ratings reads and computes, cached for all visitors."""

from pathlib import Path

from cf_core.data.made_up.files import read_planted
from cf_core.data.made_up.planted import Planted, noise_floor
from cf_core.data.ratings import Ratings
from cf_core.data.split import SplitConfig
from cf_core.insight.planted import FoundFactors, find_planted
from cf_core.runs.run_views import RunView
from pages.shared import cached
from pages.shared.cached import cache_for_all


@cache_for_all(max_entries=16, show_spinner="Reading the planted truth…")
def planted(ratings: Ratings, folder: str) -> Planted:
    """The truth behind the ratings of that folder, in their order.

    Raises:
        DataFormatError: its file is damaged.
        DataMismatchError: it is that of other ratings.
    """
    return read_planted(Path(folder)).of_ratings(ratings)


@cache_for_all(max_entries=64)
def floor(ratings: Ratings, folder: str) -> float:
    """The RMSE that nobody can beat on the validation ratings."""
    return noise_floor(planted(ratings, folder), ratings, cached.split(ratings, SplitConfig()).valid_rows)


@cache_for_all(max_entries=64, show_spinner="Comparing with the truth…")
def found(run_view: RunView, ratings: Ratings, folder: str) -> FoundFactors:
    """What a run found of the truth.

    Raises:
        DataMismatchError: the run was trained on other ratings.
        MissingPartError: it is a neural net.
    """
    spec = run_view.run.spec
    factors, split = cached.factors(run_view, ratings), cached.split(ratings, spec.split)
    return find_planted(factors, spec.config.model, split, planted(ratings, folder))
