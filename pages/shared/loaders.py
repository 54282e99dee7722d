"""What pages read, cached: data sets, fitted factors, projections. Everything returned is shared by all visitors, so
nobody changes it."""

import functools
import gc
import os
from pathlib import Path

import streamlit as st

from cf_core.charts import curves, data, leaderboard, movie_map  # noqa: F401  (heavy: loaded before the freeze below)
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.errors import DataMismatchError, MissingFileError
from cf_core.insight import projection as projections
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.runs.pool import WorkerPool, pool

PROJECT = Path(__file__).resolve().parents[2]


def data_folders() -> dict[str, str]:
    """The data sets that the app offers, name to folder: every folder with ratings under `CF_LAB_DATA` (the project's
    `data`).

    Raises:
        MissingFileError: there is none.
    """
    home = Path(os.environ.get("CF_LAB_DATA", PROJECT / "data"))
    found = {path.parent.name: str(path.parent) for path in sorted(home.glob("*/ratings.csv"))}
    if not found:
        raise MissingFileError("no data set", file=home, cure="Put a folder with ratings.csv and movies.csv there.")
    return found


def runs() -> WorkerPool:
    """The store of runs and the workers, in `CF_LAB_RUNS` (the project's `runs`)."""
    return pool(os.environ.get("CF_LAB_RUNS", PROJECT / "runs"))


@functools.cache
def start_server() -> None:
    """Once a server: start a worker ahead of the first click, and take what is loaded by now out of the garbage
    collector's rounds. Streamlit makes a full round after every script run, 150 ms without this."""
    runs().warm()
    gc.collect()
    gc.freeze()


def ratings(folder: str) -> Ratings:
    """The data set in `folder`, read again when its file has changed."""
    return _ratings(folder, (Path(folder) / "ratings.csv").stat().st_mtime_ns)


@st.cache_resource(max_entries=4, show_spinner="Reading the ratings…")
def _ratings(folder: str, version: int) -> Ratings:
    return read_ratings(folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def lesson_split(fingerprint: str, _ratings: Ratings) -> Split:
    """The lesson's split of the ratings with that fingerprint."""
    return split_ratings(_ratings, SplitConfig())


def factors(run_id: str, about: Ratings) -> FittedFactors:
    """The factors of a run.

    Raises:
        DataMismatchError: the run was trained on other ratings than `about`.
    """
    if runs().store.get(run_id).fingerprint != about.fingerprint:
        raise DataMismatchError(
            f"Run {run_id} was trained on other ratings than '{about.name}' holds now. "
            "Train it again, or put the data back."
        )
    return _factors(run_id)


@st.cache_resource(max_entries=64, show_spinner="Loading the run…")
def _factors(run_id: str) -> FittedFactors:
    return runs().store.factors(run_id)


@st.cache_resource(max_entries=64, show_spinner="Finding the principal components…")
def projection(run_id: str, n_components: int, popular: int, _about: Ratings) -> projections.Projection:
    """The movies of a run on its principal components."""
    return projections.project(factors(run_id, _about), _about, n_components, popular)
