"""What pages read and compute, cached for all visitors: data sets, splits, factors, projections. Never change what is
returned: everybody is given the same object."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from cf_core.data.about import read_about
from cf_core.data.first_reading import first_reading
from cf_core.data.part import Part
from cf_core.data.ratings import Ratings
from cf_core.data.reading import STEPS, open_data_set, read_ratings, share_done
from cf_core.data.source import Stamp, stamp
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.fitted_factors import FittedFactors
from cf_core.insight import baselines as baseline_losses
from cf_core.insight import fitted_ratings
from cf_core.insight.baselines import Baseline
from cf_core.insight.fitted_ratings import FittedRatings
from cf_core.runs.run_views import OwnRun, RunView, SharedRun
from cf_core.runs.spec import Run
from cf_core.words import Words

if TYPE_CHECKING:
    from cf_core.insight.projection import Over, Projection

P = ParamSpec("P")
R = TypeVar("R")

LOOK_SECONDS = 0.5
"""Between two looks at how far the first reading of large data is."""


def _version(run_view: RunView) -> tuple[str, int, float | None]:
    return run_view.run.version


KEYS: dict[str | type[Any], Callable[[Any], Any]] = {
    Ratings: lambda ratings: (ratings.require_fingerprint(), ratings.words),
    Part: lambda part: (part.ratings.require_fingerprint(), part.words, part.filters),
    Run: lambda run: run.version,
    OwnRun: _version,
    SharedRun: _version,
}
"""What stands for an argument of exactly that class in the key of a cached function, beside the name of the class."""


def cache_for_all(max_entries: int, show_spinner: bool | str = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`st.cache_resource` for functions of data sets and runs, which `KEYS` identifies. As there, an argument whose
    name begins with an underscore is not part of the key."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        cached = st.cache_resource(max_entries=max_entries, show_spinner=show_spinner, hash_funcs=KEYS)(function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return cached(*args, **kwargs)
            except StreamlitAPIException as error:
                if error.__cause__ is None:
                    raise
                raise error.__cause__ from None  # what a key function raised, such as the error of a deleted run

        return call

    return decorate


def ratings(folder: str) -> Ratings:
    """The data set in a folder or zip, read again when one of its files has changed. Large data are read in a process
    of their own the first time, and the page says how far that is."""
    reading = first_reading(folder)
    if reading is not None:
        place = st.empty()
        while not reading.has_ended(LOOK_SECONDS):
            doing = STEPS[min(int(reading.step), len(STEPS) - 1)].lower()
            text = f"Large data, read for the first time on this server: {doing}…"
            place.progress(min(share_done(reading.step), 1.0), text)
        place.empty()
    return _ratings(folder, stamp(folder))


def words(folder: str) -> Words:
    """What is rated in that data set, and in what unit: known before its ratings are read."""
    return _words(folder, stamp(folder))


@cache_for_all(max_entries=64)
def _words(folder: str, now: Stamp) -> Words:
    source, _ = open_data_set(folder)
    return read_about(source).words


@cache_for_all(max_entries=4, show_spinner="Reading the ratings…")
def _ratings(folder: str, now: Stamp) -> Ratings:
    return read_ratings(folder)


@cache_for_all(max_entries=16)
def split(ratings: Ratings, config: SplitConfig) -> Split:
    """A split of the ratings.

    Raises:
        ConfigError: the data do not allow it.
    """
    return split_ratings(ratings, config)


@cache_for_all(max_entries=64)
def baselines(ratings: Ratings, config: SplitConfig) -> list[Baseline]:
    """What to compare a run on that split of the ratings with, the worst first.

    Raises:
        ConfigError: the data do not allow the split.
    """
    return baseline_losses.baselines(split(ratings, config))


@cache_for_all(max_entries=64, show_spinner="Loading the run…")
def factors(run_view: RunView, ratings: Ratings) -> FittedFactors:
    """The factors of a run.

    Raises:
        DataMismatchError: the run was trained on other ratings.
    """
    run_view.run.check_data(ratings)
    return run_view.factors()


@cache_for_all(max_entries=32)
def fitted(run_view: RunView, ratings: Ratings) -> FittedRatings:
    """What the model of a run says of each rating.

    Raises:
        DataMismatchError: the run was trained on other ratings.
        MissingPartError: it is a neural net.
    """
    spec = run_view.run.spec
    return fitted_ratings.fitted_ratings(factors(run_view, ratings), spec.config.model, split(ratings, spec.split))


@cache_for_all(max_entries=64, show_spinner="Finding the principal components…")
def projection(
    run_view: RunView, ratings: Ratings, n_components: int, popular: int, over: "Over" = "factors"
) -> "Projection":
    """The movies of a run on its principal components."""
    from cf_core.insight.projection import project  # scikit-learn takes a second to import: see `server`

    return project(factors(run_view, ratings), ratings, n_components, popular, over)
