"""Has runs whose worker has died go on by themselves, where the site of the workers says so."""

import contextlib
import threading
from collections.abc import Callable

from cf_core.errors import StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.jobs import Job
from cf_core.training.commands import Pause

MOST_REVIVALS = 3
"""How often a run goes on by itself. It may be what kills its worker."""


class Revival:
    """Brings runs back into the queue of a pool.

    Args:
        store: where the runs are.
        admission: the pool's lock on what comes into its queue.
        enqueue: puts a run into the queue, under that lock.
    """

    def __init__(self, store: RunStore, admission: threading.Lock, enqueue: Callable[[Job], None]) -> None:
        self._store, self._admission, self._enqueue = store, admission, enqueue

    def revive(self, job: Job) -> None:
        """Have a run whose worker has died go on from its checkpoint, unless it was being stopped, or deleted since, or
        has been revived too often. One that was paused pauses again. Runs of a sweep are seen to by their sweep."""
        if job.stopping or job.n_revivals == MOST_REVIVALS:
            return
        with contextlib.suppress(StoreError), self._admission:
            if self._store.get(job.run_id).spec.sweep is not None:
                return
            owner = self._store.requeue(job.run_id).owner
            again = Job(job.run_id, owner, job.visitor, job.purpose, class_id=job.class_id)
            again.history, again.n_revivals = self._store.history(job.run_id), job.n_revivals + 1
            if job.history.paused:
                again.pending.append(Pause())
            log_event("run goes on by itself", run=job.run_id, time=again.n_revivals)
            self._enqueue(again)


def why_lost(job: Job, reason: str) -> str:
    """Why a run was cut off, for its owner."""
    if job.n_revivals < MOST_REVIVALS:
        return reason
    return f"{reason} It has gone on by itself {MOST_REVIVALS} times, and does not again."
