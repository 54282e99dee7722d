"""The server's side of training: the queue of runs, and the worker processes that train them.

Pages use it through a `Workspace`; scripts may use it directly.
"""

import atexit
import contextlib
import threading
from pathlib import Path

from cf_core.config import TrainingConfig
from cf_core.data.reading import EMBEDDED
from cf_core.environment import positive_int_from_env
from cf_core.errors import QueueFullError, StoreError
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.fair_order import Waiting, fair_order
from cf_core.runs.workers.jobs import Job, LiveRun
from cf_core.runs.workers.process import WorkerProcess
from cf_core.runs.workers.slots import find_slots, plain_slots
from cf_core.teaching.guesses import Guess
from cf_core.training.commands import Command, Stop
from cf_core.training.events import Event, FitEnded

N_ENDED_KEPT = 200
"""How many ended runs the pool keeps in memory; the store has them all."""

CAP = 5
"""How many unfinished runs an owner may have, unless `CF_LAB_CAP` says otherwise."""


class WorkerPool:
    """Trains submitted runs, as many at once as there are workers; the others wait, in a fair order.

    Workers are started as they are needed, and one more in advance where there is room. All methods may be called from
    any thread.

        workers = pool("runs")
        run_id = workers.submit(RunSpec("data/ml-latest-small", SplitConfig(), recipe("notebook-net").config))
        workers.send(run_id, SetLearningRate(0.01))
        workers.live(run_id).history.epochs

    Args:
        runs_folder: where the runs are stored.
        n_workers: how many train at once; by default what `find_slots` says. With 0 the pool accepts runs and never
            starts one.
        data: the data set that workers read in advance; others they read when a run needs them.
    """

    def __init__(self, runs_folder: str | Path, n_workers: int | None = None, data: str | Path = EMBEDDED) -> None:
        self.slots = find_slots() if n_workers is None else plain_slots(n_workers)
        self.cap = positive_int_from_env("CF_LAB_CAP", CAP)
        self.data = Path(data)
        self.store = RunStore(runs_folder)
        self.store.purge()
        self._jobs: dict[str, Job] = {}
        self._workers: list[WorkerProcess] = []
        self._served: dict[str, int] = {}
        self._n_turns = 0
        self._closed = False
        self._lock = threading.RLock()
        self._admission = threading.Lock()
        atexit.register(self.close)

    @property
    def n_workers(self) -> int:
        """The largest number of runs in training at once."""
        return len(self.slots)

    @property
    def n_ready(self) -> int:
        """How many workers have started up, and can train a run without delay."""
        with self._lock:
            return sum(worker.ready for worker in self._workers)

    def worker_pids(self) -> dict[int, int]:
        """The process id of the worker in each slot that has one, by the slot's number."""
        with self._lock:
            return {worker.slot.number: worker.pid for worker in self._workers}

    def submit(self, spec: RunSpec, owner: str = "", guess: Guess | None = None) -> str:
        """Put a new run in the queue; its id. It starts at once if a worker is free.

        `guess` is what the owner guesses of it, to be stored with it.

        Raises:
            QueueFullError: `owner` has as many unfinished runs as allowed.
        """
        with self._admission:
            self._check_cap(owner)
            run_id = self.store.create(spec, owner, guess).run_id
            self._enqueue(Job(run_id, owner))
        return run_id

    def requeue(self, run_id: str, config: TrainingConfig | None = None) -> None:
        """Put a run that has ended in the queue again: to be trained to its end, or on to the end of `config`.

        Raises:
            UnknownRunError, StoreError, ConfigError: see `RunStore.requeue`.
            QueueFullError: its owner has as many unfinished runs as allowed.
        """
        with self._admission:
            self._check_ended(run_id)
            self._check_cap(self.store.get(run_id).owner)
            run = self.store.requeue(run_id, config)
            self._enqueue(Job(run_id, run.owner, history=self.store.history(run_id)))

    def live(self, run_id: str) -> LiveRun | None:
        """The run as it is now; None if this server has not trained it, or no longer has it in memory."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None:
                return None
            return job.snapshot(self._order().index(run_id) + 1 if job.state == "queued" else None)

    def send(self, run_id: str, command: Command) -> None:
        """Send a command to a run. `Stop` takes a waiting run out of the queue; other commands wait with it. A run that
        has ended, perhaps a moment ago, ignores them."""
        with self._lock:
            job = self._jobs.get(run_id)
            if job is None or not job.unfinished or self._closed:
                return
            if job.worker is not None:
                job.worker.send(command)
                return
            if not isinstance(command, Stop):
                job.pending.append(command)
                return
            ended = FitEnded("stopped", len(job.history.epochs), 0.0, "Stopped before its turn came.")
            job.apply(ended)
        self.store.finish(run_id, ended, None)

    def change_owner(self, owner: str, new: str) -> None:
        """Hand all runs of `owner` to the owner `new`, who takes over the place in the queue as well."""
        with self._admission:
            self.store.change_owner(owner, new)
            with self._lock:
                for job in self._jobs.values():
                    if job.owner == owner:
                        job.owner = new
                if owner in self._served:
                    self._served[new] = self._served.pop(owner)

    def warm(self) -> None:
        """Start a worker in advance, if there is room, so that the next run need not wait for it."""
        with self._lock:
            self._free_worker()

    def close(self) -> None:
        """End all workers, once their runs have a checkpoint. All unfinished runs are interrupted."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            workers, waiting = list(self._workers), self._order()
        for worker in workers:
            worker.close()
        for worker in workers:
            worker.wait()
        with contextlib.suppress(StoreError):  # where the folder has gone, there is nothing to update
            for run_id in waiting:
                self.store.interrupt(run_id, "The server ended before its turn came. Resume it.")

    def _check_cap(self, owner: str) -> None:
        with self._lock:
            n_unfinished = sum(job.unfinished and job.owner == owner for job in self._jobs.values())
        if n_unfinished >= self.cap:
            raise QueueFullError(
                f"You have {n_unfinished} runs in training or waiting, as many as one may have at a time. "
                "Stop one, or wait until one ends."
            )

    def _check_ended(self, run_id: str) -> None:
        with self._lock:
            if run_id in self._jobs and self._jobs[run_id].unfinished:
                raise StoreError(f"Run {run_id} is {self._jobs[run_id].state} already. Wait for its end, or stop it.")

    def _enqueue(self, job: Job) -> None:
        with self._lock:
            self._jobs.pop(job.run_id, None)  # a run that comes again goes to the end of the queue
            self._jobs[job.run_id] = job
            self._forget_old()
            self._assign()
            self.warm()

    def _order(self) -> list[str]:
        """The ids of the waiting runs, in the order in which they will be served."""
        waiting = [Waiting(job.run_id, job.owner) for job in self._jobs.values() if job.state == "queued"]
        in_training = [job.owner for job in self._jobs.values() if job.state == "running"]
        return fair_order(waiting, in_training, self._served)

    def _assign(self) -> None:
        """Hand waiting runs to free workers, as long as there are both."""
        while (order := self._order()) and (worker := self._free_worker()) is not None:
            job = self._jobs[order[0]]
            job.state, job.worker = "running", worker
            self._served[job.owner] = self._n_turns
            self._n_turns += 1
            worker.train(job.run_id, job.pending)

    def _free_worker(self) -> WorkerProcess | None:
        """A worker without a run, preferably one that is ready; a new one where there is room; else None."""
        busy = [job.worker for job in self._jobs.values() if job.state == "running"]
        free = [worker for worker in self._workers if worker.alive and not worker.retiring and worker not in busy]
        if free:
            return max(free, key=lambda worker: worker.ready)
        taken = [worker.slot for worker in self._workers]
        room = [slot for slot in self.slots if slot not in taken]
        if self._closed or not room:
            return None
        worker = WorkerProcess(self.store.folder, self.data, room[0], self._on_event, self._on_exit)
        self._workers.append(worker)
        return worker

    def _on_event(self, worker: WorkerProcess, run_id: str, event: Event) -> None:
        """Update the run with an event, which the worker has stored already."""
        with self._lock:
            job = self._jobs[run_id]
            job.apply(event)
            if not job.unfinished:
                self._assign()

    def _on_exit(self, worker: WorkerProcess, reason: str) -> None:
        """Interrupt the run of a worker that has ended, and go on with the queue."""
        with self._lock:
            lost = [job for job in self._jobs.values() if job.worker is worker and job.unfinished]
        try:
            self._store_interruption(lost, reason)
        finally:
            with self._lock:
                self._workers.remove(worker)
                for job in lost:
                    job.end("interrupted", reason)
                self._assign()
                if worker.ready or worker.retiring:
                    self.warm()  # where a worker could not even start up, the next one would not either

    def _store_interruption(self, lost: list[Job], reason: str) -> None:
        if self._closed:
            return
        with contextlib.suppress(StoreError):  # without its process a run reads as interrupted anyway
            for job in lost:
                self.store.interrupt(job.run_id, reason)

    def _forget_old(self) -> None:
        ended = [run_id for run_id, job in self._jobs.items() if not job.unfinished]
        for run_id in ended[:-N_ENDED_KEPT]:
            del self._jobs[run_id]


_pools: dict[Path, WorkerPool] = {}
_pools_lock = threading.Lock()


def pool(runs_folder: str | Path, n_workers: int | None = None) -> WorkerPool:
    """The one pool of this process for the store at `runs_folder`. The first call creates it, with `n_workers`."""
    folder = Path(runs_folder).absolute()
    with _pools_lock:
        if folder not in _pools:
            _pools[folder] = WorkerPool(folder, n_workers)
        return _pools[folder]


def reset_pools() -> None:
    """Close all pools of this process, so that `pool` makes new ones."""
    with _pools_lock:
        pools = list(_pools.values())
        _pools.clear()
    for each in pools:
        each.close()
