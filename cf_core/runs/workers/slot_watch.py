"""Follows what slots there are for workers, and how long runs wait where no worker can be started."""

import threading
import time
from collections.abc import Callable

from cf_core.runs.event_log import log_event
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.crew import Crew
from cf_core.runs.workers.job_queue import JobQueue
from cf_core.runs.workers.pool_worker import Site
from cf_core.runs.workers.ticker import Ticker

RETRY_SECONDS, GIVE_UP_SECONDS = 2.0, 60.0
"""How often it looks what slots there are, and tries again where a worker cannot be started; and for how long runs wait
for that."""


class SlotWatch:
    """Looks after the slots of a pool, in a thread of its own.

    Args:
        lock: the pool's, which guards `crew` and `queue`.
        assign: hands waiting runs to free workers, under that lock.
        on_change: called, without the lock, where there are other slots than before.
    """

    def __init__(
        self,
        site: Site,
        store: RunStore,
        crew: Crew,
        queue: JobQueue,
        lock: threading.RLock,
        assign: Callable[[], None],
        on_change: Callable[[], None],
    ) -> None:
        self._site, self._store, self._crew, self._queue, self._lock = site, store, crew, queue, lock
        self._assign, self._on_change = assign, on_change
        self._ticker = Ticker(RETRY_SECONDS, self.look)

    def close(self) -> None:
        """Look no more."""
        self._ticker.close()

    def look(self) -> None:
        """Look what slots there are now, and try again to start a worker where that has failed."""
        slots = self._site.slots()
        if slots != self._crew.slots:
            log_event("slots changed", before=len(self._crew.slots), now=len(slots))
            with self._lock:
                self._crew.slots = slots
                self._assign()
            self._on_change()
        if self._crew.failing_since is not None:
            self._retry()

    def _retry(self) -> None:
        """Try again to start a worker. After `GIVE_UP_SECONDS` without any the runs that wait are interrupted: nobody
        knows whether their turn will ever come."""
        with self._lock:
            self._assign()
            if self._crew.failing_since is None or self._crew.workers:
                return
            since, reason = self._crew.failing_since
            given_up = [job for job in self._queue.jobs.values() if job.waiting]
            if time.monotonic() - since < GIVE_UP_SECONDS or not given_up:
                return
            message = f"No worker could be started ({reason}). Resume it when the machine has room again."
            for job in given_up:
                job.end("interrupted", message)
            self._crew.failing_since = None
        for job in given_up:
            self._store.interrupt(job.run_id, message)
