"""What becomes of a run whose worker has ended: it is interrupted, or goes on with another one."""

import contextlib
import logging
import threading
from collections.abc import Callable

from cf_core.errors import StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.crew import Crew
from cf_core.runs.workers.job_queue import JobQueue
from cf_core.runs.workers.jobs import Job
from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.runs.workers.revival import Revival, why_lost


class LostWorkers:
    """Takes workers that have ended off the crew of a pool, and sees to their runs.

    Args:
        lock: the pool's, which guards `crew` and `queue`.
        assign: hands waiting runs to free workers, under that lock.
        warm: starts a worker in advance.

    Attributes:
        expected: whether workers end because the pool does. The pool sees to their runs then.
    """

    def __init__(
        self,
        store: RunStore,
        crew: Crew,
        queue: JobQueue,
        lock: threading.RLock,
        revival: Revival,
        assign: Callable[[], None],
        warm: Callable[[], None],
    ) -> None:
        self._store, self._crew, self._queue, self._lock, self._revival = store, crew, queue, lock, revival
        self._assign, self._warm = assign, warm
        self.expected = False

    def on_exit(self, worker: PoolWorker, reason: str) -> None:
        """Interrupt the run of a worker that has ended, and go on with the queue; with that run, too, where the site
        revives runs."""
        with self._lock:
            lost = [job for job in self._queue.jobs.values() if job.worker is worker and job.unfinished]
            back = [job for job in lost if self._revival.may_revive(job, worker)] if not self.expected else []
            for job in back:
                job.lose_worker()
            if not self.expected:
                ids = ",".join(job.run_id for job in lost) or "none"
                log_event("worker died", logging.WARNING, worker=worker.slot.number, run=ids, reason=reason)
        try:
            self._store_interruption(worker, lost, reason)
        finally:
            with self._lock:
                self._crew.workers.remove(worker)
                for job in lost:
                    if job not in back:
                        job.end("interrupted", why_lost(job, reason))
                self._assign()
                if worker.ready or worker.retiring:
                    self._warm()  # where a worker could not even start up, the next one would not either
            for job in lost if not self.expected else []:
                if job in back:
                    self._revival.revive(job, worker, reason)
                else:
                    self._revival.forget(job)

    def _store_interruption(self, worker: PoolWorker, lost: list[Job], reason: str) -> None:
        if self.expected:
            return
        with contextlib.suppress(StoreError):  # without its process a run reads as interrupted anyway
            for job in lost:
                self._store.interrupt(job.run_id, why_lost(job, reason), worker.holder)
