"""Workers as processes of this machine: the place where a pool has them unless it is told of another."""

from pathlib import Path

from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool_worker import OnEvent, OnExit
from cf_core.runs.workers.process import WorkerProcess
from cf_core.runs.workers.slots import Slot, find_slots, plain_slots


class ThisMachine:
    """A site for workers on the store at `address`, as many as `n_workers`, or else as `find_slots` says."""

    revives = False  # what ended a worker here may end the next one, or all of them

    def __init__(self, address: StoreAddress, data: Path, n_workers: int | None = None) -> None:
        self._address, self._data = address, data
        self._slots = find_slots() if n_workers is None else plain_slots(n_workers)

    def slots(self) -> tuple[Slot, ...]:
        """The slots, always the same."""
        return self._slots

    def start(self, slot: Slot, on_event: OnEvent, on_exit: OnExit) -> WorkerProcess:
        """Start a worker process."""
        return WorkerProcess(self._address, self._data, slot, on_event, on_exit)
