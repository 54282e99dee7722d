"""What is to be done next with one sweep of the server: stop its trials, queue one, queue the winner, end it."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from cf_core.errors import DiskQuotaError, StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.limits import Limits
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep
from cf_core.runs.sweep_book import Standing, SweepBooks, no_winner
from cf_core.runs.visitor import Visitor
from cf_core.runs.workers.admission import check_disk, check_free
from cf_core.runs.workers.fair_order import Waiting
from cf_core.runs.workers.jobs import Job
from cf_core.training.commands import Command, Stop
from cf_core.training.events import FitEnded

DISK_SECONDS = 15.0
"""Where there is no room for a winner, how often it looks whether there is now."""

MOST_DEATHS = 3
"""A trial or a winner that has been cut off more often fails: it may be what kills its worker."""

PAUSED = "Its sweep is paused; it is trained when the sweep goes on."


class Pool(Protocol):
    """What a sweep needs of the pool; see `WorkerPool`."""

    store: RunStore
    limits: Limits
    admission: threading.Lock

    @property
    def n_workers(self) -> int: ...
    def n_idle(self) -> int: ...
    def check_cost(self, spec: RunSpec) -> None: ...
    def enqueue(self, job: Job) -> None: ...
    def fair_sweeps(self, sweeps: Iterable[Waiting]) -> list[str]: ...
    def withdraw(self, run_id: str, message: str) -> None: ...
    def send(self, run_id: str, command: Command) -> None: ...


class SweepSteps:
    """The steps of a pool's sweeps. One thread takes them; `standing` is for all threads.

    Attributes:
        visitors: who asked for a sweep, by its id, where this server has been told.
        last_trial: which sweep began its last trial before which.
        books: what has come of sweeps, as far as it has been read.
        closed: set, under the pool's `admission`, when nothing more may be queued.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool, self._store = pool, pool.store
        self.visitors: dict[str, Visitor] = {}
        self.last_trial: dict[str, int] = {}
        self.books = SweepBooks(pool.store)
        self.closed = False
        self._deaths: Counter[str] = Counter()
        self._stopping: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._at_rest: dict[str, Sweep] = {}

    def standing(self, sweep: Sweep) -> Standing:
        """Where the sweep stands now."""
        return self.books.standing(sweep)

    def forget(self, sweep_id: str) -> None:
        """Forget what is needed of a sweep only until it is over."""
        for remembered in (self.visitors, self.last_trial, self._not_before, self._at_rest):
            remembered.pop(sweep_id, None)

    def tend(self, sweep: Sweep) -> bool:
        """Whether a sweep wants a worker for a trial. One that does not search any more gets its winner."""
        if self._at_rest.get(sweep.sweep_id) == sweep:  # where many sweeps wait for a worker, few change
            return True
        standing = self.standing(sweep)
        if sweep.state == "paused":
            for run in standing.open_runs:
                self._pool.withdraw(run.run_id, PAUSED)
                self._deaths.pop(run.run_id, None)
            return False
        if sweep.state == "running":
            self._put_aside_unfit(sweep, standing)
            if standing.cut_off or not standing.is_spent(sweep.spec):
                if len(standing.cut_off) == len(standing.open_runs):  # nothing is under way
                    self._at_rest[sweep.sweep_id] = sweep
                return True
        elif self._give_up(standing.open_runs):
            return False
        if sweep.state == "stopped" or not standing.open_runs:
            self._tend_winner(sweep, standing)
        return False

    def _give_up(self, runs: list[Run]) -> bool:
        """Stop the trials among `runs` that are under way; whether there are any."""
        under_way = {run.run_id for run in runs if run.unfinished}
        for run_id in under_way - self._stopping:
            with contextlib.suppress(StoreError):  # in the hands of a server that is just ending
                self._pool.send(run_id, Stop())
                self._stopping.add(run_id)
        self._stopping -= {run.run_id for run in runs} - under_way
        return bool(under_way)

    def _put_aside_unfit(self, sweep: Sweep, standing: Standing) -> None:
        """Have trials be trained again that could not begin, or had other data than the first.

        Raises:
            CFError: there are such.
        """
        unfit = standing.unfit()
        for run in unfit:
            with self._pool.admission:
                again = self._store.requeue(run.run_id) if run.resumable else self._store.create(run.spec, sweep.owner)
                self._store.interrupt(again.run_id, run.message)
                if again.run_id != run.run_id:
                    self._store.room.forget(run.run_id)
        if unfit:
            raise StoreError(
                unfit[0].message or "The data set has changed since the first trial. Put the old files back, or stop."
            )

    def begin_trial(self, sweep: Sweep) -> bool:
        """Queue a trial that was cut off, or a new one; whether there was any."""
        self._at_rest.pop(sweep.sweep_id, None)
        standing = self.standing(sweep)
        again = next(iter(standing.cut_off), None)
        spec = standing.next_trial(sweep) if again is None else again.spec
        if spec is None:
            return False
        with self._pool.admission:
            if self.closed or self._store.sweeps.get(sweep.sweep_id).state != "running":
                return False
            check_free(self._store, self._pool.limits)
            if again is not None and not self._may_live(again):
                return True
            run = self._store.create(spec, sweep.owner) if again is None else self._store.requeue(again.run_id)
            self.last_trial[sweep.sweep_id] = max(self.last_trial.values(), default=0) + 1
            self._pool.enqueue(Job(run.run_id, run.owner, Visitor(sweep.address), "trial"))
        return True

    def _tend_winner(self, sweep: Sweep, standing: Standing) -> None:
        """Queue the run of the winner where it is time to, and end the sweep where that run has ended."""
        winner, best = standing.winner, standing.best
        if winner is None and best is None:
            self._end(sweep, no_winner(sweep.sweep_id, len(standing.trials)))
        elif winner is None or (winner.outcome == "interrupted" and winner.deleted is None):
            self._train_winner(sweep, standing)
        elif not winner.unfinished:
            self._end(sweep, winner.message if winner.outcome in ("failed", "diverged") else "")

    def _train_winner(self, sweep: Sweep, standing: Standing) -> None:
        if time.monotonic() < self._not_before.get(sweep.sweep_id, 0):
            return
        best, winner = standing.best, standing.winner
        visitor = self.visitors.get(sweep.sweep_id, Visitor(sweep.address))
        with self._pool.admission:
            if self.closed or self._store.sweeps.get(sweep.sweep_id).ended is not None:
                return
            try:
                check_disk(self._store, sweep.owner, visitor, self._pool.limits)
            except DiskQuotaError as error:
                self._not_before[sweep.sweep_id] = time.monotonic() + DISK_SECONDS
                self._store.sweeps.say(sweep.sweep_id, f"The winner waits for room on the disk. {error}")
                return
            if winner is None:
                assert best is not None
                run = self._store.create(sweep.winner_run(best), sweep.owner)
            elif not self._may_live(winner):
                return
            else:
                run = self._store.requeue(winner.run_id)
            self._store.sweeps.say(sweep.sweep_id, "")
            history = self._store.history(run.run_id)
            self._pool.enqueue(Job(run.run_id, run.owner, visitor, run.spec.purpose, history=history))

    def _may_live(self, run: Run) -> bool:
        """Whether to train a run that was cut off once more; one that was too often fails."""
        self._deaths[run.run_id] += 1
        if self._deaths[run.run_id] <= MOST_DEATHS:
            return True
        message = f"It was cut off {MOST_DEATHS + 1} times, so it is not trained again. The last time: {run.message}"
        self._store.requeue(run.run_id)
        if run.fingerprint:  # it had begun, so this is the fault of its settings
            self._store.begin(run.run_id, fingerprint=run.fingerprint, versions=run.versions)
        self._store.finish(run.run_id, FitEnded("failed", run.n_epochs_done, 0.0, message), None)
        return False

    def _end(self, sweep: Sweep, message: str) -> None:
        self._store.sweeps.end(sweep.sweep_id, message)
        self.forget(sweep.sweep_id)
        log_event("sweep ended", sweep=sweep.sweep_id, message=message or "with a winner")
