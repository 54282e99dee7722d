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
from collections.abc import Callable
from dataclasses import replace

from cf_core.config import with_settings
from cf_core.errors import CFError, StoreError
from cf_core.runs.event_log import log_event
from cf_core.runs.spec import RunSpec
from cf_core.runs.sweep import Sweep, SweepState
from cf_core.runs.sweep_book import Standing
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.admission import check_disk, check_sweeps, logging_refusals
from cf_core.runs.workers.fair_order import Party, Waiting
from cf_core.runs.workers.sweep_steps import Pool, SweepSteps
from cf_core.sweeps.spec import SweepSpec

LOOK_SECONDS = 1.0
"""How often it looks where sweeps stand, when nothing in this server says that it has changed."""

_log = logging.getLogger(__name__)


class SweepRunner:
    """Runs the sweeps of a pool. All methods may be called from any thread.

    Of the pool's locks it takes `admission` while it puts a run into the queue or changes what is wanted of a sweep,
    and none while it reads what has ended, or makes a proposal.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool, self._store, self._steps = pool, pool.store, SweepSteps(pool)
        self._mine: set[str] = set()
        self._wake, self._closed, self._lock = threading.Event(), False, threading.Lock()
        self._thread: threading.Thread | None = None
        self.wants_worker = False
        if pool.n_workers and self._store.sweeps.not_over():
            self.open()

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
            self._steps.visitors[sweep.sweep_id] = visitor
        log_event("sweep started", sweep=sweep.sweep_id)
        self.open()
        return sweep

    def pause(self, sweep_id: str) -> None:
        """Begin no further trial; those in training end. Of a sweep that does not search, nothing changes."""
        sweep = self._store.sweeps.get(sweep_id)
        if not self.standing(sweep).is_over(sweep.spec):
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
            self._steps.visitors[sweep_id] = visitor
            self._store.sweeps.set_state(sweep_id, "running")
        self.open()

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
            self._steps.forget(sweep_id)
        log_event("sweep deleted", sweep=sweep_id)

    def standing(self, sweep: Sweep) -> Standing:
        """Where the sweep stands now."""
        return self._steps.standing(sweep)

    def wake(self) -> None:
        """Look soon where sweeps stand: something has changed. Takes no lock."""
        self._wake.set()

    def forget_owners(self) -> None:
        """Forget whose the runs were that have been read."""
        self._steps.books.forget()
        self.wake()

    def close(self) -> None:
        """Begin nothing more."""
        with self._pool.admission:
            self._closed = self._steps.closed = True
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
        self.open()

    def open(self) -> None:
        """Look after the sweeps from now on, if there are workers at all."""
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
        wanting = {sweep.sweep_id: sweep for sweep in sweeps if self._safely(self._steps.tend, sweep)}
        while wanting and not self._closed and self._pool.n_idle() > 0:
            sweep = wanting[self._pool.fair_sweeps(self._in_line(wanting))[0]]
            if not self._safely(self._steps.begin_trial, sweep):
                del wanting[sweep.sweep_id]
        self.wants_worker = bool(wanting)

    def _is_mine(self, sweep: Sweep) -> bool:
        """Whether this process conducts the sweep; what it has once, it keeps while it lives."""
        if sweep.sweep_id not in self._mine and self._store.sweeps.claim(sweep.sweep_id):
            self._mine.add(sweep.sweep_id)
        return sweep.sweep_id in self._mine

    def _in_line(self, sweeps: dict[str, Sweep]) -> list[Waiting]:
        """The sweeps as they would wait; of one owner's, the one whose last trial began longest ago comes first."""
        ordered = sorted(sweeps.values(), key=lambda sweep: self._steps.last_trial.get(sweep.sweep_id, 0))
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
        if message == sweep.message:
            return
        log_event("sweep paused", logging.WARNING, sweep=sweep.sweep_id, reason=message)
        with contextlib.suppress(StoreError), self._pool.admission:
            if self._store.sweeps.get(sweep.sweep_id).state == "running":
                self._store.sweeps.set_state(sweep.sweep_id, "paused", message)
            else:
                self._store.sweeps.say(sweep.sweep_id, message)
