"""Parts of a page that refresh while a run is under way, and how often: four times a second for a few visitors, less
often for a class, so that all together never ask for more than a server can answer beside two trainings."""

import functools
import math
import threading
import time
import uuid
from collections.abc import Callable
from typing import TypeVarTuple

import streamlit as st

from cf_core.errors import CFError
from cf_core.training.history import History
from pages.shared.messages import show_error

FASTEST_SECONDS = 0.25
SLOWEST_SECONDS = 2.0
"""For a page alone. Where the lab runs on somebody's own machine, the browser takes its cores from the training, half a
core for one refresh a second where there is no graphics card."""

REFRESHES_PER_SECOND = 10
"""Shared by all visitors of a server."""

FORGOTTEN_AFTER_SECONDS = 15.0
"""A visitor who has not asked for this long no longer counts. Much longer than any interval, or a busy server would
take the visitors that it keeps waiting for gone."""

WATCHER = "refresh.watcher"
"""Session key of the name by which this visitor is counted."""

Ts = TypeVarTuple("Ts")


def live(body: Callable[[*Ts], None], *args: *Ts, every: float | None = None) -> None:
    """Draw `body(*args)` as a fragment: a part of the page that runs again without the rest of it, after a click inside
    and every `every` seconds (None: only after a click). The frame around the page does not catch the errors of such a
    run, so a `CFError` is shown here, in the fragment's place."""

    @functools.wraps(body)
    def guarded() -> None:
        try:
            body(*args)
        except CFError as error:
            show_error(error)

    st.fragment(guarded, run_every=every)()


def interval(under_way: bool, at_least: float = FASTEST_SECONDS, times: float = 1.0) -> float | None:
    """How many seconds `live` should wait between two refreshes: `times` as long as `refresh_seconds`, and `at_least`
    so long; None when nothing is under way and so nothing changes by itself."""
    return max(at_least, times * refresh_seconds()) if under_way else None


class Watchers:
    """The visitors who watch a run, with the moment at which each last asked."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def seconds(self, name: str, now: float) -> float:
        """Note that `name` asks at `now`, in seconds of any clock; how long it should wait until it asks again, in
        quarters of a second."""
        with self._lock:
            self._asked = {who: at for who, at in self._asked.items() if now - at < FORGOTTEN_AFTER_SECONDS}
            self._asked[name] = now
            n_watching = len(self._asked)
        return max(FASTEST_SECONDS, math.ceil(4 * n_watching / REFRESHES_PER_SECOND) / 4)


_watchers = Watchers()


def refresh_seconds() -> float:
    """How long this visitor's page should wait between two refreshes, as things are now."""
    name = st.session_state.setdefault(WATCHER, uuid.uuid4().hex)
    return _watchers.seconds(name, time.monotonic())


def seconds_worth(history: History) -> float:
    """How long a page should wait between two refreshes so as to show at least three moments of each epoch, in
    quarters of a second; the shortest in the first second of a training, which may be slower than the rest."""
    started, speed = history.started, history.progress().ratings_per_second
    if started is None or speed is None or history.batches[-1].position * started.n_train / speed < 1:
        return FASTEST_SECONDS
    quarters = math.floor(4 / 3 * started.n_train / speed)
    return min(max(quarters / 4, FASTEST_SECONDS), SLOWEST_SECONDS)


def is_outdated(present: float, wanted: float) -> bool:
    """Whether a page that refreshes every `present` seconds should change to `wanted`. That takes a run of the whole
    page, and if one more visitor made thirty pages run at once, all would wait: so only for a large step."""
    return wanted >= 1.5 * present or wanted <= present / 2
