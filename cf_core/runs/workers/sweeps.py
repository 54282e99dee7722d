"""The server's side of sweeps: one thread that has idle workers train trials, of all sweeps in turn, and then winners.

A sweep is in the store alone: what its owner wants of it in its row, what has come of it in its runs. So it goes on
after the death of the server: trials that were cut off come first, with the settings and bounds that they had. A trial
is proposed when a worker is idle, and not before, so that trials wait in the queue only where a single run has come
first.

With one worker a sweep makes the same trials, and has the same winner, as the command `sweep`. With several, each
proposal depends on which trials had ended by then. Those are known afterwards (`SweepMark.under_way`), so each can be
made again; but a second sweep may go another way.
"""

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from cf_core.config import with_settings
from cf_core.errors import CFError, DiskQuotaError, StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.limits import Limits
from cf_core.runs.spec import Run, RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep import Sweep, SweepState
from cf_core.runs.sweep_book import Standing, SweepBook, no_winner
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.admission import check_disk, check_free, check_sweeps, logging_refusals
from cf_core.runs.workers.fair_order import Party, Waiting
from cf_core.runs.workers.jobs import Job
from cf_core.sweeps.spec import SweepSpec
from cf_core.training.commands import Command, Stop
from cf_core.training.events import FitEnded

LOOK_SECONDS = 1.0
"""How often it looks where sweeps stand, when nothing in this server says that it has changed."""

DISK_SECONDS = 15.0
"""Where there is no room for a winner, how often it looks whether there is now."""

MOST_DEATHS = 3
"""A trial or a winner that has been cut off so often is not trained again: it may be what kills its worker."""

N_BOOKS = 50
"""Of so many sweeps it remembers what has ended."""

PAUSED = "Its sweep is paused; it is trained when the sweep goes on."
_log = logging.getLogger(__name__)


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


class SweepRunner:
    """Runs the sweeps of a pool. All methods may be called from any thread.

    Of the pool's locks it takes `admission` while it puts a run into the queue or changes what is wanted of a sweep,
    and none while it reads what has ended, or makes a proposal.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool, self._store = pool, pool.store
        self._books: dict[str, SweepBook] = {}
        self._visitors: dict[str, Visitor] = {}
        self._deaths: Counter[str] = Counter()
        self._stopping: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._last_trial: dict[str, int] = {}
        self._at_rest: dict[str, Sweep] = {}
        self._mine: set[str] = set()
        self._wake, self._closed, self._lock = threading.Event(), False, threading.Lock()
        self._thread: threading.Thread | None = None
        self.wants_worker = False
        if pool.n_workers and self._store.sweeps.not_over():
            self._start_thread()

    def start(self, base: RunSpec, spec: SweepSpec, owner: str, visitor: Visitor = UNKNOWN) -> Sweep:
        """Start a sweep.

        Raises:
            ConfigError: the settings that it varies do not fit `base`.
            QueueFullError: as many sweeps as allowed go on already, see `check_sweeps`.
            TooCostlyError, DiskQuotaError: see `WorkerPool.submit`; of all its trials.
        """
        spec.space.check_for(base.config)
        with logging_refusals():
            for corner in spec.space.corners():
                self._pool.check_cost(replace(base, config=with_settings(base.config, corner)))
        with self._pool.admission:
            self._check(owner, visitor)
            sweep = self._store.sweeps.create(base, spec, owner, visitor.address)
            self._visitors[sweep.sweep_id] = visitor
        log_event("sweep started", sweep=sweep.sweep_id)
        self._start_thread()
        return sweep

    def pause(self, sweep_id: str) -> None:
        """Begin no further trial; those in training end. Of a sweep that does not search, nothing changes."""
        self._change(sweep_id, "paused", only_from=("running",))

    def stop(self, sweep_id: str) -> None:
        """Search no further: trials under way are given up, and the best that finished is trained as the winner."""
        self._change(sweep_id, "stopped", only_from=("running", "paused"))

    def go_on(self, sweep_id: str, visitor: Visitor = UNKNOWN) -> None:
        """Go on with a sweep that is paused; on one that is not, nothing changes.

        Raises:
            QueueFullError, DiskQuotaError: as `start`.
        """
        with self._pool.admission:
            sweep = self._store.sweeps.get(sweep_id)
            if sweep.ended is not None or sweep.state != "paused":
                return
            self._check(sweep.owner, visitor)
            self._visitors[sweep_id] = visitor
            self._store.sweeps.set_state(sweep_id, "running")
        self._start_thread()

    def delete(self, sweep_id: str) -> None:
        """Remove the sweep and its trials for good; the run of its winner stays.

        Raises:
            StoreError: it has neither ended nor been stopped, or a trial is still under way.
        """
        with self._pool.admission:
            sweep = self._store.sweeps.get(sweep_id)
            if sweep.ended is None and sweep.state != "stopped":
                raise StoreError(f"Sweep {sweep_id} has not ended. Stop it before deleting it.")
            if any(run.unfinished for run in self.standing(sweep).open_runs):
                raise StoreError(f"A trial of sweep {sweep_id} is just being stopped. Delete it in a moment.")
            self._store.sweeps.remove(sweep_id)
            self._books.pop(sweep_id, None)
        log_event("sweep deleted", sweep=sweep_id)

    def standing(self, sweep: Sweep) -> Standing:
        """Where the sweep stands now."""
        book = self._books.get(sweep.sweep_id)
        if book is None:
            book = self._books[sweep.sweep_id] = SweepBook(self._store, sweep)
            for sweep_id in [*self._books][:-N_BOOKS]:
                self._books.pop(sweep_id, None)
        return book.read()

    def wake(self) -> None:
        """Look soon where sweeps stand: something has changed. Takes no lock."""
        self._wake.set()

    def forget_owners(self) -> None:
        """Forget whose the runs were that have been read."""
        self._books.clear()
        self.wake()

    def close(self) -> None:
        """Begin nothing more."""
        with self._pool.admission:
            self._closed = True
        self.wake()

    def _check(self, owner: str, visitor: Visitor) -> None:
        with logging_refusals():
            check_sweeps(self._store, owner, visitor, self._pool.limits)
            check_disk(self._store, owner, visitor, self._pool.limits)

    def _change(self, sweep_id: str, state: SweepState, only_from: tuple[SweepState, ...]) -> None:
        with self._pool.admission:
            sweep = self._store.sweeps.get(sweep_id)
            if sweep.ended is None and sweep.state in only_from:
                self._store.sweeps.set_state(sweep_id, state)
        self._start_thread()

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed and self._pool.n_workers:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        self.wake()

    def _run(self) -> None:
        said = ""
        while not self._closed:
            try:
                self._look()
                said = ""
            except CFError as error:  # the store is out of reach: its folder may come back
                if str(error) != said:
                    _log.warning("Sweeps cannot go on for now: %s", error)
                said = str(error)
            except Exception:
                _log.exception("Sweeps cannot go on; it is tried again.")
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        """Bring every sweep as far as it goes without a further worker, then have idle workers train trials."""
        sweeps = [sweep for sweep in self._store.sweeps.not_over() if self._is_mine(sweep)]
        wanting = {sweep.sweep_id: sweep for sweep in sweeps if self._safely(self._tend, sweep)}
        while wanting and not self._closed and self._pool.n_idle() > 0:
            sweep = wanting[self._pool.fair_sweeps(self._in_line(wanting))[0]]
            if not self._safely(self._begin_trial, sweep):
                del wanting[sweep.sweep_id]
        self.wants_worker = bool(wanting)

    def _is_mine(self, sweep: Sweep) -> bool:
        """Whether this process conducts the sweep; what it has once, it keeps while it lives."""
        if sweep.sweep_id not in self._mine and self._store.sweeps.claim(sweep.sweep_id):
            self._mine.add(sweep.sweep_id)
        return sweep.sweep_id in self._mine

    def _in_line(self, sweeps: dict[str, Sweep]) -> list[Waiting]:
        """The sweeps as they would wait; of one owner's, the one whose last trial began longest ago comes first."""
        ordered = sorted(sweeps.values(), key=lambda sweep: self._last_trial.get(sweep.sweep_id, 0))
        return [Waiting(sweep.sweep_id, Party(sweep.owner, sweep.address)) for sweep in ordered]

    def _safely(self, step: Callable[[Sweep], bool], sweep: Sweep) -> bool:
        """Take a step with a sweep. Whatever goes wrong with it, the others go on: it pauses, and says why."""
        try:
            return step(sweep)
        except CFError as error:
            message = str(error)
        except Exception as error:
            _log.exception("Sweep %s cannot go on.", sweep.sweep_id)
            message = f"A defect of CF Lab: {type(error).__name__}: {error}"
        self._pause_with(sweep, message)
        return False

    def _pause_with(self, sweep: Sweep, message: str) -> None:
        log_event("sweep paused", logging.WARNING, sweep=sweep.sweep_id, reason=message)
        with contextlib.suppress(StoreError), self._pool.admission:
            if self._store.sweeps.get(sweep.sweep_id).state == "running":
                self._store.sweeps.set_state(sweep.sweep_id, "paused", message)
            else:
                self._store.sweeps.say(sweep.sweep_id, message)

    def _tend(self, sweep: Sweep) -> bool:
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
                    self._store.forget(run.run_id)
        if unfit:
            raise StoreError(
                unfit[0].message or "The data set has changed since the first trial. Put the old files back, or stop."
            )

    def _begin_trial(self, sweep: Sweep) -> bool:
        """Queue a trial that was cut off, or a new one; whether there was any."""
        self._at_rest.pop(sweep.sweep_id, None)
        standing = self.standing(sweep)
        again = next(iter(standing.cut_off), None)
        spec = standing.next_trial(sweep) if again is None else again.spec
        if spec is None:
            return False
        with self._pool.admission:
            if self._closed or self._store.sweeps.get(sweep.sweep_id).state != "running":
                return False
            check_free(self._store, self._pool.limits)
            if again is not None and not self._may_live(again):
                return True
            run = self._store.create(spec, sweep.owner) if again is None else self._store.requeue(again.run_id)
            self._last_trial[sweep.sweep_id] = max(self._last_trial.values(), default=0) + 1
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
        visitor = self._visitors.get(sweep.sweep_id, Visitor(sweep.address))
        with self._pool.admission:
            if self._closed or self._store.sweeps.get(sweep.sweep_id).ended is not None:
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
        self._store.finish(run.run_id, FitEnded("failed", run.n_epochs_done, 0.0, message), None)
        return False

    def _end(self, sweep: Sweep, message: str) -> None:
        self._store.sweeps.end(sweep.sweep_id, message)
        log_event("sweep ended", sweep=sweep.sweep_id, message=message or "with a winner")
