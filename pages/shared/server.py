"""What there is once in a server: its folders, the store of runs with its workers, and what is loaded at its start."""

import functools
import gc
import importlib
from types import ModuleType

from threadpoolctl import ThreadpoolController

from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import MissingFileError
from cf_core.runs.workers.pool import WorkerPool, pool


def data_folders() -> dict[str, str]:
    """The data sets that the app offers, name to folder: every folder with ratings under `CF_LAB_DATA` (the project's
    `data`).

    Raises:
        MissingFileError: there is none.
    """
    home = folder_from_env("CF_LAB_DATA", PROJECT / "data")
    found = {path.parent.name: str(path.parent) for path in sorted(home.glob("*/ratings.csv"))}
    if not found:
        raise MissingFileError("no data set", file=home, cure="Put a folder with ratings.csv and movies.csv there.")
    return found


def runs() -> WorkerPool:
    """The store of runs and the workers, in `CF_LAB_RUNS` (the project's `runs`)."""
    return pool(folder_from_env("CF_LAB_RUNS", PROJECT / "runs"))


@functools.cache
def start_server() -> None:
    """Once a server: start a worker ahead of the first click, and settle what is loaded by now."""
    _preload()
    runs().warm()
    freeze_gc("start")


def limit_blas_threads() -> None:
    """Have NumPy and scikit-learn compute in the thread that calls, and in no other. On cores that trainings keep busy
    they would wait for their second thread: ten clusters of 3,000 movies took 0.9 s that way, and 0.1 s in one."""
    _thread_pools().limit(limits=1)


@functools.cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


@functools.cache
def freeze_gc(after: str) -> None:
    """Once for each `after`: take what has been loaded by then out of the garbage collector's rounds. Streamlit makes a
    full round after every script run, 150 ms without this; some libraries load parts at their first use."""
    gc.collect()
    gc.freeze()


def _preload() -> None:
    """Import what is heavy and every page needs, so that the freeze below covers it."""
    for name in ("run.curves", "data.ratings", "ranks.leaderboard", "map.movie_map"):
        importlib.import_module(f"cf_core.charts.{name}")


@functools.cache
def tensor_cells() -> ModuleType:
    """`cf_core.tensors`, which takes PyTorch along: loaded when its page is first opened, and then taken out of the
    garbage collector's rounds like the rest."""
    module = importlib.import_module("cf_core.tensors")
    freeze_gc("tensors")
    return module
