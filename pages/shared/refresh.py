"""How often pages ask after a run in training: four times a second for a few visitors, more slowly for a class, so that
together they never ask more often than a server can answer beside two trainings. Nothing in here shows anything."""

import math
import threading
import time
import uuid

import streamlit as st

FASTEST_SECONDS = 0.25
A_SECOND = 10
"""So many refreshes a second all visitors together get."""

FORGOTTEN_AFTER_SECONDS = 15.0
"""Who has not asked for so long, watches no longer. Much longer than any pace, or a busy server would take those whom
it keeps waiting for gone."""


class Watchers:
    """Those who watch a run, by the moment at which each last asked."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def seconds(self, name: str, now: float) -> float:
        """`name` asks at `now`, in seconds of any clock; how long it should wait until it asks again, in quarters of
        a second."""
        with self._lock:
            self._asked = {who: at for who, at in self._asked.items() if now - at < FORGOTTEN_AFTER_SECONDS}
            self._asked[name] = now
            n_watching = len(self._asked)
        return max(FASTEST_SECONDS, math.ceil(4 * n_watching / A_SECOND) / 4)


_watchers = Watchers()


def refresh_seconds() -> float:
    """How long this visitor's page should wait between two refreshes, as things are now."""
    name = st.session_state.setdefault("watcher", uuid.uuid4().hex)
    return _watchers.seconds(name, time.monotonic())


def is_off(present: float, wanted: float) -> bool:
    """Whether a page that refreshes every `present` seconds should change over to `wanted`. That takes a run of the
    whole page, and when one visitor more makes thirty pages do so at once, all wait: so only for a large step."""
    return wanted >= 1.5 * present or wanted <= present / 2
