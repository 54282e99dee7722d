"""What exists once per server: its folders, the store of runs with its workers, and what is loaded at the start."""

import functools
import gc
import importlib
import logging
import resource
import threading

from threadpoolctl import ThreadpoolController

from cf_core.data.reading import holds_ratings
from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import MissingFileError, StoreError
from cf_core.runs import event_log
from cf_core.runs.event_log import log_event
from cf_core.runs.health_address import serve_health
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.lab_pool import LabPool, lab_pool
from cf_core.runs.workers.remote_pool import RemotePool
from pages.shared.dropped_file import keep_one_each

MANY_FILES = 65_536
FIRST = ("cf_core.charts.run.curves", "cf_core.charts.data.ratings")
LATER = (
    "cf_core.charts.ranks.leaderboard",
    "cf_core.charts.map.movie_map",
    "cf_core.insight.projection",
    "sklearn.isotonic",
)
LATER_SECONDS = 2.0


def data_folders() -> dict[str, str]:
    """The data sets that the app offers, name to path: every folder or zip with ratings under `CF_LAB_DATA` (the
    project's `data`), known by the names of the files in it.

    Raises:
        MissingFileError: there is none.
    """
    home = folder_from_env("CF_LAB_DATA", PROJECT / "data").absolute()  # as runs name their data
    found = {path.name: str(path) for path in sorted(home.glob("*")) if holds_ratings(path)}
    if not found:
        cure = "Put a folder with ratings.csv and movies.csv there, or a zip of a MovieLens edition."
        raise MissingFileError("no data set", file=home, cure=cure)
    return found


def runs() -> LabPool:
    """The store of runs and the workers, at `CF_LAB_RUNS` (the project's `runs`); `CF_LAB_RAY` has a cluster train."""
    return lab_pool(StoreAddress.from_env(PROJECT / "runs"))


def has_cluster() -> bool:
    """Whether a cluster trains the runs, and not this machine."""
    return isinstance(runs(), RemotePool)


@functools.cache
def start_server() -> None:
    """Once per server, at its first visitor: import what the first page needs, and tell monitors how it is. Once that
    page is there, get ready for what comes next."""
    event_log.set_up()
    _allow_many_files()
    keep_one_each()
    for name in FIRST:
        importlib.import_module(name)
    serve_health(runs())
    later = threading.Timer(LATER_SECONDS, _get_ready, [runs()])
    later.daemon = True
    later.start()


def _allow_many_files() -> None:
    """Raise the limit of open files as far as this process may. Every open tab takes four of them; the usual 1,024 are
    gone with 250 tabs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def limit_blas_threads() -> None:
    """Limit NumPy and scikit-learn to one thread. On cores that trainings keep busy they would wait for their second
    thread: ten clusters of 3,000 movies took 0.9 s with two threads and 0.1 s with one."""
    _thread_pools().limit(limits=1)


@functools.cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


@functools.cache
def freeze_gc(after: str) -> None:
    """Once for each `after`: exempt what has been loaded by then from garbage collection. Streamlit makes a full
    collection after every script run, 150 ms without this; some libraries load parts at their first use."""
    gc.collect()
    gc.freeze()


def _get_ready(runs: LabPool) -> None:
    """Start a worker before the first click, and import what takes a second, with scikit-learn, and that the first page
    does without. That brings thread pools, too, which `limit_blas_threads` has to know."""
    runs.warm()
    for name in LATER:
        importlib.import_module(name)
    _thread_pools.cache_clear()
    freeze_gc("later")
    _log_whether_files_are_away(runs)


def _log_whether_files_are_away(runs: LabPool) -> None:
    """Log why the store's files are out of reach, if they are; or nobody would know before a run fails."""
    try:
        runs.store.files.store.check()
    except StoreError as error:
        log_event("files out of reach", logging.WARNING, reason=error)
