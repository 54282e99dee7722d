"""What pages read, cached: data sets, splits, fitted factors, projections. Everything returned is shared by all
visitors, so nobody changes it."""

from pathlib import Path

import streamlit as st

from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.errors import DataMismatchError
from cf_core.fitted_factors import FittedFactors
from cf_core.insight import baselines as baseline_losses
from cf_core.insight import projection as projections
from cf_core.insight.baselines import Baseline
from cf_core.runs.run_views import RunView
from cf_core.runs.spec import Run


def ratings(folder: str) -> Ratings:
    """The data set in `folder`, read again when one of its files has changed."""
    return _ratings(folder, tuple(path.stat().st_mtime_ns for path in sorted(Path(folder).glob("*.csv"))))


@st.cache_resource(max_entries=4, show_spinner="Reading the ratings…")
def _ratings(folder: str, version: tuple[int, ...]) -> Ratings:
    return read_ratings(folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def lesson_split(fingerprint: str, _ratings: Ratings) -> Split:
    """The lesson's split of the ratings with that fingerprint."""
    return split_ratings(_ratings, SplitConfig())


def factors(chosen: RunView, about: Ratings) -> FittedFactors:
    """The factors of a run.

    Raises:
        DataMismatchError: the run was trained on other ratings than `about`.
    """
    run = chosen.run
    _check_same(run, about)
    return _factors(run.run_id, run.n_epochs_done, run.seconds, chosen)


def _check_same(run: Run, about: Ratings) -> None:
    if run.fingerprint != about.fingerprint:
        raise DataMismatchError(
            f"Run {run.run_id} was trained on other ratings than '{about.name}' holds now. "
            "Train it again, or put the data back."
        )


@st.cache_resource(max_entries=64, show_spinner="Loading the run…")
def _factors(run_id: str, n_epochs: int, seconds: float | None, _chosen: RunView) -> FittedFactors:
    """Keyed by what changes when a run goes on."""
    return _chosen.factors()


def projection(
    chosen: RunView, about: Ratings, n_components: int, popular: int, over: projections.Over = "factors"
) -> projections.Projection:
    """The movies of a run on its principal components."""
    run, fitted = chosen.run, factors(chosen, about)
    return _projection(run.run_id, run.n_epochs_done, run.seconds, n_components, popular, over, fitted, about)


@st.cache_resource(max_entries=64, show_spinner="Finding the principal components…")
def _projection(
    run_id: str,
    n_epochs: int,
    seconds: float | None,
    n_components: int,
    popular: int,
    over: projections.Over,
    _factors: FittedFactors,
    _about: Ratings,
) -> projections.Projection:
    return projections.project(_factors, _about, n_components, popular, over)


@st.cache_resource(max_entries=16, show_spinner=False)
def split(fingerprint: str, config: SplitConfig, _ratings: Ratings) -> Split:
    """A split of the ratings with that fingerprint.

    Raises:
        ConfigError: the data do not allow it.
    """
    return split_ratings(_ratings, config)


def baselines(ratings: Ratings, config: SplitConfig) -> list[Baseline]:
    """What to compare a run on that split of the ratings with, the worst first.

    Raises:
        ConfigError: the data do not allow the split.
    """
    return _baselines(ratings.fingerprint, config, ratings)


@st.cache_resource(max_entries=64, show_spinner=False)
def _baselines(fingerprint: str, config: SplitConfig, _ratings: Ratings) -> list[Baseline]:
    return baseline_losses.baselines(split(fingerprint, config, _ratings))
