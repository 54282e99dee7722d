"""The server's side of training: the queue of runs, and the workers that train them.

Pages use it through a `Workspace`; scripts may use it directly.
"""

import atexit
import contextlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cf_core.config import TrainingConfig
from cf_core.data.reading import EMBEDDED
from cf_core.errors import DataFormatError, StoreError
from cf_core.runs.cost import check_cost
from cf_core.runs.event_log import log_event
from cf_core.runs.limits import Limits
from cf_core.runs.spec import RESUMABLE, Run, RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.ended_run import EndedRun
from cf_core.runs.store.patience import patiently
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers.admission import check_admission, check_disk, check_not_elsewhere, logging_refusals
from cf_core.runs.workers.crew import Crew
from cf_core.runs.workers.data_cache import DataSizes
from cf_core.runs.workers.fair_order import Waiting
from cf_core.runs.workers.job_queue import JobQueue
from cf_core.runs.workers.jobs import Job, LiveRun
from cf_core.runs.workers.lost_workers import LostWorkers
from cf_core.runs.workers.pool_worker import PoolWorker, Site
from cf_core.runs.workers.revival import Revival
from cf_core.runs.workers.slot_watch import SlotWatch
from cf_core.runs.workers.slots import Slot
from cf_core.runs.workers.sweeps import SweepRunner
from cf_core.runs.workers.this_machine import ThisMachine
from cf_core.runs.workers.ticker import Ticker
from cf_core.runs.workers.time_share import to_hand_on
from cf_core.tasks.task import TaskMark
from cf_core.teaching.guesses import Guess
from cf_core.training.commands import Command, SetDown, Stop
from cf_core.training.events import CommandTaken, Event, FitEnded

TICK_SECONDS = 0.5
"""How often it looks whether a run has to hand its worker on."""

PURGE_SECONDS = 3_600.0
"""How often runs that were deleted long ago are removed."""

SET_DOWN = "The server ended while this run was set down. Resume it to continue where it stopped."
NOT_STARTED = "The server ended before its turn came. Resume it."


class WorkerPool:
    """Trains submitted runs, as many at once as there are workers; the others wait, in a fair order.

    Workers are started as they are needed, and one more in advance where there is room. While others wait, a run that
    has had its share of a worker, or is paused for long, is set down: see `time_share`. All methods may be called from
    any thread.

        workers = pool("runs")
        run_id = workers.submit(RunSpec("data/ml-latest-small", SplitConfig(), recipe("notebook-net").config))
        workers.send(run_id, SetLearningRate(0.01))
        workers.live(run_id).history.epochs

    Args:
        place: where the runs are stored.
        n_workers: how many train at once; by default what `find_slots` says. With 0 the pool accepts runs and never
            starts one.
        data: the data set that workers read in advance; others they read when a run needs them.
        limits: by default those of the environment.
        site: where the workers are; by default this machine, and only there does `n_workers` count.
    """

    def __init__(
        self,
        place: StoreAddress | str | Path,
        n_workers: int | None = None,
        data: str | Path = EMBEDDED,
        limits: Limits | None = None,
        site: Site | None = None,
    ) -> None:
        self.store = RunStore(place)
        self._site: Site = site or ThisMachine(self.store.address, Path(data), n_workers)
        self._crew = Crew(self._site.slots(), self._start_worker)
        self.limits = limits or Limits.from_env(self.n_workers)
        self.store.room.purge()
        self._queue = JobQueue()
        self._jobs = self._queue.jobs
        self._sizes = DataSizes()
        self._closed = False
        self._lock = threading.RLock()
        self.admission = threading.Lock()
        self._hand_over = Ticker(TICK_SECONDS, self._hand_workers_on)
        self._purge = Ticker(PURGE_SECONDS, self.store.room.purge)
        self._revival = Revival(self._site.revives, self.store, self.admission, self._lock, self._put_in_queue)
        self._lost_workers = LostWorkers(
            self.store, self._crew, self._queue, self._lock, self._revival, self._assign, self.warm
        )
        self.sweeps = SweepRunner(self)
        self._slot_watch = SlotWatch(
            self._site, self.store, self._crew, self._queue, self._lock, self._assign, self.sweeps.open
        )
        self._revival.start()
        atexit.register(self.close)

    @property
    def n_workers(self) -> int:
        """The largest number of runs in training at once."""
        return len(self._crew.slots)

    @property
    def n_ready(self) -> int:
        """How many workers have started up, and can train a run without delay."""
        with self._lock:
            return self._crew.n_ready

    def worker_pids(self) -> dict[int, int]:
        """The process id of the worker in each slot that has one, by the slot's number."""
        with self._lock:
            return {worker.slot.number: worker.pid for worker in self._crew.workers}

    @property
    def notice(self) -> str:
        """What visitors have to know: nothing. Where no worker can be started, runs wait in their queue."""
        return ""

    def problems(self) -> list[str]:
        """What is wrong with the workers, in words."""
        with self._lock:
            failing = self._crew.failing_since
        return [] if failing is None else [f"No worker can be started: {failing[1]}"]

    def submit(
        self,
        spec: RunSpec,
        owner: str = "",
        guess: Guess | None = None,
        visitor: Visitor = UNKNOWN,
        task: TaskMark | None = None,
    ) -> str:
        """Put a new run in the queue; its id. It starts at once if a worker is free.

        Args:
            guess: what the owner guesses of it, to be stored with it.
            visitor: who asks for it.
            task: the task that it is for.

        Raises:
            QueueFullError: there are as many unfinished runs as allowed, see `check_admission`.
            TooCostlyError: it would take more work or memory than a run may take.
            DiskQuotaError: the owner's runs, or those of their address, take too much of the disk, see `check_disk`.
        """
        class_id = "" if task is None else task.class_id
        with logging_refusals():
            self.check_cost(spec)
        with self.admission:
            with logging_refusals():
                self._check_admission(owner, visitor, class_id)
                check_disk(self.store, owner, visitor, self.limits)
            run_id = self.store.create(spec, owner, guess, visitor.address, task).run_id
            self.enqueue(Job(run_id, owner, visitor, spec.purpose, class_id=class_id))
        return run_id

    def add_ended(self, ended: EndedRun, write: Callable[[str], None], owner: str, visitor: Visitor = UNKNOWN) -> Run:
        """Add a run that ended in another lab, see `RunStore.add_ended`.

        Raises:
            TooCostlyError: it can be resumed here, and would take more than a run may take.
            DiskQuotaError: see `submit`.
        """
        with self.admission, logging_refusals():
            if ended.outcome in RESUMABLE:
                self.check_cost(ended.spec)
            check_disk(self.store, owner, visitor, self.limits)
        return self.store.add_ended(ended, write, owner, visitor.address)

    def requeue(self, run_id: str, config: TrainingConfig | None = None, visitor: Visitor = UNKNOWN) -> None:
        """Put a run that has ended in the queue again: to be trained to its end, or on to the end of `config`.

        Raises:
            UnknownRunError, StoreError, ConfigError: see `RunStore.requeue`.
            QueueFullError, TooCostlyError, DiskQuotaError: see `submit`.
        """
        if config is not None:
            with logging_refusals():
                self.check_cost(replace(self.store.get(run_id).spec, config=config))
        with self.admission:
            self._check_ended(run_id)
            found = self.store.get(run_id)
            owner, class_id = found.owner, "" if found.task is None else found.task.class_id
            with logging_refusals():
                self._check_admission(owner, visitor, class_id)
                check_disk(self.store, owner, visitor, self.limits)
            run = self.store.requeue(run_id, config)
            history = self.store.history(run_id)
            self.enqueue(Job(run_id, run.owner, visitor, run.spec.purpose, history=history, class_id=class_id))

    def live(self, run_id: str) -> LiveRun | None:
        """The run as it is now; None if this server has not trained it, or no longer has it in memory."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None:
                return None
            return job.snapshot(self._queue.order().index(run_id) + 1 if job.waiting else None)

    def curves(self) -> dict[str, tuple[float, ...]]:
        """The RMSE (stars) after each epoch until now of every trial in training, by the id of its run."""
        with self._lock:
            return self._queue.curves()

    def order(self) -> list[str]:
        """The ids of the runs that wait, in the order in which they will get a worker."""
        with self._lock:
            return [*self._queue.order()]

    def n_idle(self) -> int:
        """How many workers there may be for which no run waits; none while no worker can be started."""
        with self._lock:
            n_unfinished = sum(job.state == "running" or job.waiting for job in self._jobs.values())
            return 0 if self._crew.failing_since is not None or self._closed else self.n_workers - n_unfinished

    def fair_sweeps(self, sweeps: Iterable[Waiting]) -> list[str]:
        """See `JobQueue.fair_sweeps`."""
        with self._lock:
            return self._queue.fair_sweeps(sweeps)

    def send(self, run_id: str, command: Command) -> None:
        """Send a command to a run. `Stop` takes a waiting run out of the queue; other commands wait with it. To a run
        that was set down while it was paused, commands that train go with it to the head of its owner's queue. A run
        that has ended, perhaps a moment ago, ignores them.

        Raises:
            StoreError: another process has the run in hand; no command of this one reaches it.
        """
        with self._lock:
            is_here = run_id in self._jobs and self._jobs[run_id].unfinished
        if not is_here:
            if not self._closed:
                check_not_elsewhere(self.store, run_id)
            return
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None or not job.unfinished or self._closed:
                return
            if job.handing_on or job.worker is not None:
                job.send(command)
                return
            if isinstance(command, Stop):
                message = "Stopped by command." if job.set_down else "Stopped before its turn came."
                job.apply(FitEnded("stopped", len(job.history.epochs), 0.0, message))
            else:
                self._queue.keep(job, command)
                self._assign()
        if job.history.ended is None:
            self._revival.note(job)
        else:
            self.store.finish(run_id, job.history.ended, None)
            self._revival.forget(job)

    def withdraw(self, run_id: str, message: str) -> None:
        """Take a waiting run out of the queue, as interrupted; one that no longer waits stays."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None or not job.waiting:
                return
            job.end("interrupted", message)
        self.store.interrupt(run_id, message)

    def change_owner(self, owner: str, new: str) -> None:
        """Hand all runs of `owner` to the owner `new`, who takes over the place in the queue as well."""
        with self.admission:
            self.store.change_owner(owner, new)
            with self._lock:
                self._queue.rename(owner, new)
            self.sweeps.forget_owners()

    def warm(self) -> None:
        """Start a worker in advance, if there is room, so that the next run need not wait for it."""
        with self._lock:
            self._free_worker()

    def close(self) -> None:
        """End all workers, once their runs have a checkpoint. All unfinished runs are interrupted."""
        atexit.unregister(self.close)
        self.sweeps.close()
        self._hand_over.close()
        self._slot_watch.close()
        self._purge.close()
        with self._lock:
            self._closed = self._lost_workers.expected = True
            workers, waiting = list(self._crew.workers), [job for job in self._jobs.values() if job.state == "queued"]
        for worker in workers:
            worker.close()
        for worker in workers:
            worker.wait()
        with contextlib.suppress(StoreError):  # where the folder has gone, there is nothing to update
            for job in waiting:
                self.store.interrupt(job.run_id, SET_DOWN if job.set_down else NOT_STARTED)
        self._revival.close()

    def check_cost(self, spec: RunSpec) -> None:
        """Check what the run would cost; where its data cannot be read, its worker will say so."""
        try:
            size = self._sizes.of(spec.data)
        except DataFormatError:
            return
        check_cost(spec.config, size, self.limits)

    def _check_admission(self, owner: str, visitor: Visitor, class_id: str) -> None:
        with self._lock:
            check_admission(self._jobs.values(), owner, visitor, self.limits, class_id)

    def _check_ended(self, run_id: str) -> None:
        with self._lock:
            if run_id in self._jobs and self._jobs[run_id].unfinished:
                raise StoreError(f"Run {run_id} is {self._jobs[run_id].state} already. Wait for its end, or stop it.")

    def enqueue(self, job: Job) -> None:
        """Put a run that the store has as queued in the queue. Callers hold `admission`."""
        self._revival.note(job)
        self._put_in_queue(job)

    def _put_in_queue(self, job: Job) -> None:
        with self._lock:
            self._queue.add(job)
            log_event("run queued", run=job.run_id)
            self._assign()
            self.warm()

    def _assign(self) -> None:
        """Hand waiting runs to free workers, as long as there are both; for others there may be trials."""
        while (order := self._queue.order()) and (worker := self._free_worker()) is not None:
            job = self._jobs[order[0]]
            self._queue.serve(job)
            job.start(worker)
            log_event("run started", run=job.run_id, worker=worker.slot.number)
        self.sweeps.wake()

    def _hand_workers_on(self) -> None:
        """Have the workers of runs that are paused for too long, or have had their share, hand them back."""
        with self._lock:
            for job in to_hand_on(self._queue, self.limits, self.sweeps.wants_worker):
                job.hand_on()

    def _free_worker(self) -> PoolWorker | None:
        """A worker without a run, a new one where there is room; else None."""
        busy = [job.worker for job in self._jobs.values() if job.state == "running"]
        return self._crew.free(busy, may_start=not self._closed)

    def _start_worker(self, slot: Slot) -> PoolWorker:
        return self._site.start(slot, self._on_event, self._lost_workers.on_exit)

    def _on_event(self, worker: PoolWorker, run_id: str, event: Event) -> None:
        """Update the run with an event, which the worker has stored already."""
        if isinstance(event, CommandTaken) and event.command == SetDown.kind:
            self._on_set_down(worker, run_id)
            return
        with self._lock:
            job = self._jobs[run_id]
            job.apply(event)
            if not job.unfinished:
                log_event("run ended", run=run_id, outcome=job.state, epochs=len(job.history.epochs))
                self._assign()
        if isinstance(event, CommandTaken):
            self._revival.note(job)
        elif not job.unfinished:
            self._revival.forget(job)

    def _on_set_down(self, worker: PoolWorker, run_id: str) -> None:
        """Take back a run that its worker has set down, and go on with the queue."""
        patiently(lambda: self.store.set_down(run_id, worker.holder))
        if self._closed:
            self.store.interrupt(run_id, SET_DOWN)
            return
        with self._lock:
            commands = self._jobs[run_id].was_set_down()
            log_event("run set down", run=run_id, paused=self._jobs[run_id].on_hold)
        for command in commands:
            self.send(run_id, command)
        with self._lock:
            self._assign()
