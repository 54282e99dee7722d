"""What pages read, cached: data sets, fitted factors, projections. Everything returned is shared by all visitors, so
nobody changes it."""

import functools
import gc
import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from threadpoolctl import ThreadpoolController

from cf_core.by_hand import table
from cf_core.by_hand.factors import random_start
from cf_core.by_hand.solver import Solution, solve
from cf_core.by_hand.table import HandTable
from cf_core.charts import curves, data, leaderboard, movie_map  # noqa: F401  (heavy: loaded before the freeze below)
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.split import Split, SplitConfig, split_ratings
from cf_core.errors import DataMismatchError, MissingFileError
from cf_core.insight import projection as projections
from cf_core.insight.baselines import Baseline, baselines
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.insight.prediction import Prediction, take_apart
from cf_core.runs.pool import WorkerPool, pool
from cf_core.runs.spec import Run

if TYPE_CHECKING:
    from pages.shared.session import ChosenRun

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
    """Once a server: start a worker ahead of the first click, and settle what is loaded by now."""
    runs().warm()
    settle("start")


def compute_in_one_thread() -> None:
    """Have NumPy and scikit-learn compute in the thread that calls, and in no other. On cores that trainings keep busy
    they would wait for their second thread: ten clusters of 3,000 movies took 0.9 s that way, and 0.1 s in one."""
    _thread_pools().limit(limits=1)


@functools.cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


@functools.cache
def settle(after: str) -> None:
    """Once for each `after`: take what has been loaded by then out of the garbage collector's rounds. Streamlit makes a
    full round after every script run, 150 ms without this; some libraries load parts at their first use."""
    gc.collect()
    gc.freeze()


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


def factors(chosen: "ChosenRun", about: Ratings) -> FittedFactors:
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
def _factors(run_id: str, n_epochs: int, seconds: float | None, _chosen: "ChosenRun") -> FittedFactors:
    """Keyed by what changes when a run goes on."""
    return _chosen.factors()


def prediction(chosen: "ChosenRun", about: Ratings, user: int, item: int) -> Prediction:
    """One prediction of a run taken apart, for a user and a movie by index.

    Raises:
        DataMismatchError: the run was trained on other ratings than `about`.
        StoreError: it has no weights, or they are damaged.
    """
    run = chosen.run
    _check_same(run, about)
    weights, of_run = _weights(run.run_id, run.n_epochs_done, run.seconds, chosen), run.spec
    rows = split(about.fingerprint, of_run.split, about).train_rows
    mean = float(about.rating[rows].mean(dtype=np.float64))
    return take_apart(weights, of_run.config.model, about.rating_range, mean, user, item)


@st.cache_resource(max_entries=16, show_spinner=False)
def _weights(run_id: str, n_epochs: int, seconds: float | None, _chosen: "ChosenRun") -> dict[str, np.ndarray]:
    """Keyed by what changes when a run goes on."""
    return _chosen.weights()


def projection(
    chosen: "ChosenRun", about: Ratings, n_components: int, popular: int, over: projections.Over = "factors"
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


@st.cache_resource(max_entries=16, show_spinner=False)
def hand_table(fingerprint: str, held_out: float, _ratings: Ratings) -> HandTable:
    """The table that is factored by hand, of the ratings with that fingerprint."""
    return table.hand_table(_ratings, held_out)


@st.cache_resource(max_entries=64, show_spinner=False)
def hand_solution(
    fingerprint: str, held_out: float, n_factors: int, seed: int, biases: bool, weight_decay: float, _ratings: Ratings
) -> Solution:
    """What alternating least squares finds for that table, from the random start of that seed."""
    chosen = hand_table(fingerprint, held_out, _ratings)
    return solve(chosen, biases, random_start(*chosen.shape, n_factors, seed), weight_decay)


@functools.cache
def tensor_cells() -> ModuleType:
    """`cf_core.tensors`, which takes PyTorch along: loaded when its page is first opened, and then taken out of the
    garbage collector's rounds like the rest."""
    module = importlib.import_module("cf_core.tensors")
    settle("tensors")
    return module


def rail(ratings: Ratings, config: SplitConfig) -> list[Baseline]:
    """What to compare a run on that split of the ratings with, the worst first.

    Raises:
        ConfigError: the data do not allow the split.
    """
    return _rail(ratings.fingerprint, config, ratings)


@st.cache_resource(max_entries=64, show_spinner=False)
def _rail(fingerprint: str, config: SplitConfig, _ratings: Ratings) -> list[Baseline]:
    return baselines(split(fingerprint, config, _ratings))
