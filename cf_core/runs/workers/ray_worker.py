"""Workers as actors of a Ray cluster: one core and one thread each, and a share of a GPU where the slot has one.

What an actor does is what a worker process does, see `Trainer`. Its reports come as a stream; a second thread of it
takes requests, so that a command reaches the run in training.
"""

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError

from cf_core.environment import PROJECT
from cf_core.errors import printable
from cf_core.runs import event_log
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool_worker import CLOSING_SECONDS, CURE, OnEvent, OnExit, PoolWorker
from cf_core.runs.workers.ray_settings import GPUS_PER_RUN, ray_slots
from cf_core.runs.workers.slots import Slot
from cf_core.runs.workers.trainer import NICENESS, Trainer

PASSED_ON = ("CF_LAB_CACHE", "CF_LAB_LOG", "CF_LAB_THREADS")
"""The environment variables that an actor gets from whoever starts it; all others are those of its node."""

ORPHAN_SECONDS = 2.0
"""How long a process may go on training after its node's Ray has died: it looks once a second."""

_log = logging.getLogger(__name__)


class RayCluster:
    """A site for workers on the store at `address`: the cluster that this process is connected to. Its nodes come
    and go, and the number of slots with them.

    Args:
        data: the data set that workers read in advance.
        gpus_per_run: the share of a GPU that a worker takes where there are GPUs.
    """

    revives = True

    def __init__(self, address: StoreAddress, data: Path, gpus_per_run: float = GPUS_PER_RUN) -> None:
        self._address, self._data, self._gpus_per_run = address, data, gpus_per_run
        self._latest: dict[int, RayWorker] = {}

    def slots(self) -> tuple[Slot, ...]:
        """A slot for each run that the cluster has room for, see `ray_slots`. A worker that has not started up, in a
        slot that is gone since its node has died, would wait in Ray for ever; it ends."""
        slots = ray_slots(ray.nodes(), self._gpus_per_run)
        for worker in [*self._latest.values()]:
            if worker.slot not in slots and not worker.ready:
                worker.has_place = False
                worker.give_up()
        return slots

    def start(self, slot: Slot, on_event: OnEvent, on_exit: OnExit) -> "RayWorker":
        """Start an actor; it waits for its turn where others have taken the room."""
        try:
            worker = RayWorker(self._address, self._data, slot, on_event, on_exit)
        except RayError as error:
            raise OSError(printable(str(error))) from error
        self._latest[slot.number] = worker
        return worker


class RayWorker(PoolWorker):
    """A worker on whichever node Ray chooses."""

    def __init__(self, address: StoreAddress, data: Path, slot: Slot, on_event: OnEvent, on_exit: OnExit) -> None:
        super().__init__(slot, on_event, on_exit)
        groups = {"reports": 1, "requests": 1}
        actor = ray.remote(num_cpus=1, num_gpus=slot.gpus, concurrency_groups=groups)(_RayTrainer)
        self._actor: Any = actor.options(runtime_env={"env_vars": environment_of_actors()}).remote(address, data)
        self._closing, self._pid = False, 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def pid(self) -> int:
        """The id of its process on its node; 0 until it has started up."""
        return self._pid

    def close(self) -> None:
        self._closing = True
        self._actor.shut_down.options(concurrency_group="requests").remote()

    def wait(self) -> None:
        self._thread.join(CLOSING_SECONDS)
        if self.alive:
            ray.kill(self._actor)
            self._thread.join()

    def give_up(self) -> None:
        """End it at once, as if its node had died."""
        with contextlib.suppress(RayError):
            ray.kill(self._actor)

    def _request(self, record: dict[str, Any]) -> None:
        self._actor.take.options(concurrency_group="requests").remote(record)

    def _listen(self) -> None:
        """Follow the actor to its end, in a thread that has no caller to raise to: every error ends the actor."""
        try:
            self._follow()
            reason = f"Its worker ended by itself; the log of its node says more. {CURE}."
        except RayActorError as error:
            reason = f"The machine that trained it has died, or its process there. {CURE}."
            if not self._closing:
                _log.warning("Ray says of worker %d: %s", self.slot.number, printable(str(error)))
        except Exception as error:
            _log.exception("Worker %d cannot be followed any further, so it is killed.", self.slot.number)
            reason = f"The server lost track of its worker ({type(error).__name__}: {error}) and ended it. {CURE}."
        self.give_up()  # it may only be out of reach
        if self.ready and not self._closing:
            time.sleep(ORPHAN_SECONDS)
        self._on_exit(self, reason)

    def _follow(self) -> None:
        stream = self._actor.reports.options(num_returns="streaming", concurrency_group="reports").remote()
        for reports in stream:
            for report in ray.get(reports):
                self._pid = report.pop("pid", self._pid)
                self._take(report)


class _RayTrainer:
    """The actor: a `Trainer` in a thread of its own."""

    def __init__(self, address: StoreAddress, data: Path) -> None:
        event_log.set_up()
        os.nice(NICENESS)
        self._reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._trainer = Trainer(address, data, self._report)
        threading.Thread(target=self._run, daemon=True).start()

    def reports(self) -> Iterator[list[dict[str, Any]]]:
        """All reports from now on, those that have come meanwhile together."""
        while True:
            reports = [self._reports.get()]
            while not self._reports.empty():
                reports.append(self._reports.get())
            yield reports

    def take(self, request: dict[str, Any]) -> None:
        """See `Trainer.take`."""
        self._trainer.take(request)

    def shut_down(self) -> None:
        """See `Trainer.shut_down`."""
        self._trainer.shut_down()

    def _run(self) -> None:
        try:
            self._trainer.run()
        finally:
            os._exit(1)  # a process that trains no more must not live on

    def _report(self, record: dict[str, Any]) -> None:
        self._reports.put({**record, "pid": os.getpid()} if "ready" in record else record)


def environment_of_actors() -> dict[str, str]:
    """The environment variables of an actor: where its code is, and what it needs of this process's own."""
    own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {"PYTHONPATH": str(PROJECT), **own}
