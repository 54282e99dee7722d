"""Has runs go on by themselves, where the site of the workers says so: those whose worker has died, and those of a pool
that has ended, dead or on purpose, before the one that is there now.

For the latter the store has a note of each run that a pool has in training or queued (see `store/pool_runs.py`).
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from cf_core.errors import StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.store.pool_runs import LeftRun
from cf_core.runs.store.run_rows import CUT_OFF
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.visitor import Visitor
from cf_core.runs.workers.jobs import Job
from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.runs.workers.ticker import Ticker

LOOK_SECONDS = 2.0
"""How often it looks for runs of pools that have ended."""

MOST_REVIVALS = 3
"""How often a run goes on by itself after a death. It may be what kills its worker."""


class Revival:
    """Brings runs back into the queue of a pool.

    Args:
        revives: whether runs go on by themselves at all.
        store: where the runs are.
        admission: the pool's lock on what comes into its queue.
        lock: the pool's, which guards its jobs.
        put_in_queue: puts a run into the queue, under `admission`.
    """

    def __init__(
        self,
        revives: bool,
        store: RunStore,
        admission: threading.Lock,
        lock: threading.RLock,
        put_in_queue: Callable[[Job], None],
    ) -> None:
        self._revives, self._store, self._admission, self._lock = revives, store, admission, lock
        self._put_in_queue = put_in_queue
        self._ticker: Ticker | None = None

    def start(self) -> None:
        """Look for runs of pools that have ended, from now on."""
        if self._revives:
            self._ticker = Ticker(LOOK_SECONDS, self.take_over)

    def close(self) -> None:
        """Leave the runs of this pool, which has ended, to the next one."""
        if self._ticker is not None:
            self._ticker.close()
            with _noting("all"):
                self._store.pool_runs.leave()

    def note(self, job: Job) -> None:
        """Note in the store that this pool has the run, for the next one. Without that it is only not revived."""
        if not self._revives or job.is_trial:
            return
        with self._lock:
            commands = job.to_repeat()
        if commands != job.noted:
            with _noting(job.run_id):
                self._store.pool_runs.note(job.run_id, job.n_revivals, commands)
                job.noted = commands

    def forget(self, job: Job) -> None:
        """Note in the store that the run has ended."""
        if self._revives and not job.is_trial:
            with _noting(job.run_id):
                self._store.pool_runs.forget(job.run_id)

    def may_revive(self, job: Job, worker: PoolWorker) -> bool:
        """Whether a run whose worker has died may go on: nobody stops it, and it has not done so too often, unless
        there was no place for the worker."""
        return self._revives and not job.stopping and (job.n_revivals < MOST_REVIVALS or not worker.has_place)

    def revive(self, job: Job, worker: PoolWorker, reason: str) -> None:
        """Have a run that has lost its worker go on from its checkpoint, with the commands that its worker did not live
        to obey; one that was paused pauses again. It costs no life where there was no place for the worker. The run
        stays interrupted, for `reason`, where it has been stopped or deleted since. Runs of a sweep are seen to by
        their sweep."""
        with contextlib.suppress(StoreError), self._admission:
            if not job.stopping and self._store.get(job.run_id).spec.sweep is None:
                again = self._queued_again(job.run_id, job.visitor, job.n_revivals + worker.has_place)
                with self._lock:
                    again.pending = job.to_repeat()
                    job.handing_on = False
                    self._put_in_queue(again)
                self.note(again)
        with self._lock:
            if job.handing_on:
                job.end("interrupted", reason)
        if job.stopping:
            self.forget(job)

    def take_over(self) -> None:
        """Have the runs go on that other pools had when they ended. It costs a life only if that was a death, and the
        run was in training; a run that has had all of them stays interrupted."""
        with _noting("all"):
            for left in self._store.pool_runs.left():
                self._take_over(left)

    def _take_over(self, left: LeftRun) -> None:
        with contextlib.suppress(StoreError), self._admission:
            run = self._store.get(left.run_id)
            n_revivals = left.n_revivals + (left.was_training and run.message == CUT_OFF)
            if run.unfinished:  # its worker lives still, or does not count as dead yet
                return
            if run.outcome != "interrupted" or run.deleted is not None or run.spec.sweep is not None:
                self._store.pool_runs.forget(left.run_id)
            elif n_revivals > MOST_REVIVALS:
                self._store.interrupt(left.run_id, too_often(run.message), left.holder)
                self._store.pool_runs.forget(left.run_id)
            else:
                self._go_on(left, n_revivals)

    def _go_on(self, left: LeftRun, n_revivals: int) -> None:
        again = self._queued_again(left.run_id, Visitor(left.address), n_revivals)
        again.pending = left.commands
        self._put_in_queue(again)
        self.note(again)

    def _queued_again(self, run_id: str, visitor: Visitor, n_revivals: int) -> Job:
        run = self._store.requeue(run_id)
        class_id = "" if run.task is None else run.task.class_id
        log_event("run goes on by itself", run=run_id, time=n_revivals)
        return Job(
            run_id,
            run.owner,
            visitor,
            run.spec.purpose,
            history=self._store.history(run_id),
            class_id=class_id,
            n_revivals=n_revivals,
        )


def why_lost(job: Job, reason: str) -> str:
    """Why a run was cut off, for its owner."""
    return reason if job.n_revivals < MOST_REVIVALS else too_often(reason)


def too_often(reason: str) -> str:
    """Why a run was cut off that does not go on by itself any more, for its owner."""
    return f"{reason} It has gone on by itself {MOST_REVIVALS} times, and does not again."


@contextlib.contextmanager
def _noting(run_id: str) -> Iterator[None]:
    """Log that the store could not be told, or asked, which is made up for later or not at all."""
    try:
        yield
    except StoreError as error:
        log_event("run not noted", logging.WARNING, run=run_id, reason=error)
