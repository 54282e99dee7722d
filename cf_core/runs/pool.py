"""The server's side of training: who is in training, who waits, and the worker processes that do it.

Pages call `pool(folder)` and get the one pool of this server. Nothing in here imports torch or knows of pages.
"""

import atexit
import contextlib
import os
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from cf_core.errors import ConfigError, StoreError
from cf_core.runs.process import WorkerProcess
from cf_core.runs.spec import UNFINISHED, RunOutcome, RunSpec
from cf_core.runs.store import RunStore
from cf_core.training.commands import Command, Stop
from cf_core.training.events import Event, FitEnded
from cf_core.training.history import History

N_ENDED_KEPT = 200
"""How many ended runs the pool remembers; the store has them all."""


@dataclass(frozen=True)
class LiveRun:
    """A run as it is now. `place` counts from 1 while it waits, else None; `history` is the reader's own copy."""

    run_id: str
    owner: str
    state: RunOutcome
    place: int | None
    history: History


@dataclass
class Job:
    """A run that was submitted here; `early` holds the commands that came before a worker had it."""

    run_id: str
    owner: str
    state: RunOutcome = "queued"
    history: History = field(default_factory=History)
    early: list[Command] = field(default_factory=list)
    worker: WorkerProcess | None = None


class WorkerPool:
    """Trains submitted runs, at most `n_workers` at once; the others wait. Workers are started as they are needed.

    All methods may be called from any thread.
    """

    def __init__(self, runs_folder: str | Path, n_workers: int | None = None) -> None:
        self.store = RunStore(runs_folder)
        self.n_workers = n_workers or _default_n_workers()
        self._jobs: dict[str, Job] = {}
        self._workers: list[WorkerProcess] = []
        self._closed = False
        self._lock = threading.RLock()
        atexit.register(self.close)

    def submit(self, spec: RunSpec, owner: str = "") -> str:
        """Put a new run in the queue and give its id; it starts at once where a worker is free."""
        run_id = self.store.create(spec, owner).run_id
        with self._lock:
            self._jobs[run_id] = Job(run_id, owner)
            self._forget_old()
            self._assign()
        return run_id

    def live(self, run_id: str) -> LiveRun | None:
        """The run as it is now, or None where this server has not trained it or has forgotten it."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None:
                return None
            place = self._waiting().index(job) + 1 if job.state == "queued" else None
            history = replace(job.history, batches=list(job.history.batches), epochs=list(job.history.epochs))
            return LiveRun(run_id, job.owner, job.state, place, history)

    def send(self, run_id: str, command: Command) -> None:
        """Tell a run something. `Stop` takes a waiting run out of the queue; other commands wait with it. A run that
        has ended, perhaps a moment ago, takes no notice."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None or job.state not in UNFINISHED or self._closed:
                return
            if job.worker is not None:
                job.worker.send(command)
                return
            if not isinstance(command, Stop):
                job.early.append(command)
                return
            self._end(job, FitEnded("stopped", 0, 0.0, "Stopped before its turn came."))
        self._store_end(job)

    def warm(self) -> None:
        """Have a worker ready that has imported torch, so that the next run starts without that wait."""
        with self._lock:
            self._free_worker()

    def close(self) -> None:
        """End all workers; runs that wait or train are interrupted."""
        with self._lock:
            self._closed = True
            workers, waiting = list(self._workers), self._waiting()
        for worker in workers:
            worker.close()
        with contextlib.suppress(StoreError):  # where the folder has gone, there is nothing left to mend
            for job in waiting:
                self.store.interrupt(job.run_id, "The server ended before its turn came. Train it again.")

    def _waiting(self) -> list[Job]:
        """The queue, first come, first served."""
        return [job for job in self._jobs.values() if job.state == "queued"]

    def _next(self) -> Job | None:
        """The choice of who comes next."""
        return next(iter(self._waiting()), None)

    def _assign(self) -> None:
        """Hand waiting runs to free workers, as long as there are both."""
        while (job := self._next()) is not None and (worker := self._free_worker()) is not None:
            job.state, job.worker = "running", worker
            worker.train(job.run_id, job.early)

    def _free_worker(self) -> WorkerProcess | None:
        """A worker without a run, rather one that is ready; a new one where there is room; else None."""
        busy = [job.worker for job in self._jobs.values() if job.state == "running"]
        free = [worker for worker in self._workers if worker.alive and worker not in busy]
        if free:
            return max(free, key=lambda worker: worker.ready)
        if self._closed or len(self._workers) >= self.n_workers:
            return None
        worker = WorkerProcess(self.store.folder, self._heard, self._died)
        self._workers.append(worker)
        return worker

    def _heard(self, worker: WorkerProcess, run_id: str, event: Event) -> None:
        """An event has come. The store has it already: the worker saw to that."""
        with self._lock:
            job = self._jobs[run_id]
            if isinstance(event, FitEnded):
                self._end(job, event)
                self._assign()
            else:
                job.history.add(event)

    def _died(self, worker: WorkerProcess, reason: str) -> None:
        """A worker has gone: its run has failed, the queue goes on with another."""
        with self._lock:
            self._workers.remove(worker)
            if self._closed:
                return
            lost = [job for job in self._jobs.values() if job.worker is worker and job.state == "running"]
            for job in lost:
                self._end(job, FitEnded("failed", len(job.history.epochs), 0.0, reason))
            self._assign()
            if worker.ready:
                self.warm()  # one that never got ready would only be the first of many
        for job in lost:
            self._store_end(job)

    def _end(self, job: Job, ended: FitEnded) -> None:
        job.history.add(ended)
        job.state, job.worker = ended.outcome, None

    def _store_end(self, job: Job) -> None:
        assert job.history.ended is not None
        self.store.finish(job.run_id, job.history.ended, None)

    def _forget_old(self) -> None:
        ended = [run_id for run_id, job in self._jobs.items() if job.state not in UNFINISHED]
        for run_id in ended[:-N_ENDED_KEPT]:
            del self._jobs[run_id]


_pools: dict[Path, WorkerPool] = {}
_pools_lock = threading.Lock()


def pool(runs_folder: str | Path) -> WorkerPool:
    """The one pool of this process for the store at `runs_folder`."""
    folder = Path(runs_folder).absolute()
    with _pools_lock:
        if folder not in _pools:
            _pools[folder] = WorkerPool(folder)
        return _pools[folder]


def _default_n_workers() -> int:
    """`CF_LAB_WORKERS`, or one a core.

    Raises:
        ConfigError: the variable is not a number from 1.
    """
    given = os.environ.get("CF_LAB_WORKERS", str(os.cpu_count() or 1))
    if not given.isdecimal() or int(given) < 1:
        raise ConfigError(f"CF_LAB_WORKERS={given!r} is not a number of workers. Set it to 1 or more, or not at all.")
    return int(given)
