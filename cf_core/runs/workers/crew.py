"""The workers of a pool, at most one in each slot."""

import logging
import time
from collections.abc import Callable, Collection

from cf_core.runs.event_log import log_event
from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.runs.workers.slots import Slot


class Crew:
    """The workers there are. The pool's lock guards it.

    Args:
        slots: those that may be filled; they may be replaced.
        start: starts a worker in a slot; raises `OSError` where that cannot be.

    Attributes:
        failing_since: since when no worker can be started, in seconds of `time.monotonic`, and why; None where one can.
    """

    def __init__(self, slots: tuple[Slot, ...], start: Callable[[Slot], PoolWorker]) -> None:
        self.slots, self._start = slots, start
        self.workers: list[PoolWorker] = []
        self.failing_since: tuple[float, str] | None = None

    @property
    def n_ready(self) -> int:
        """How many have started up."""
        return sum(worker.ready for worker in self.workers)

    def free(self, busy: Collection[PoolWorker | None], may_start: bool) -> PoolWorker | None:
        """A worker that is not `busy`, preferably one that is ready; a new one where there is room; else None."""
        free = [worker for worker in self.workers if worker.alive and not worker.retiring and worker not in busy]
        if free:
            return max(free, key=lambda worker: worker.ready)
        taken = [worker.slot for worker in self.workers]
        room = [slot for slot in self.slots if slot not in taken]
        if not may_start or not room:
            return None
        try:
            worker = self._start(room[0])
        except OSError as error:  # no memory, too many processes: the pool tries again
            self.failing_since = self.failing_since or (time.monotonic(), str(error))
            log_event("worker not started", logging.WARNING, reason=error)
            return None
        self.failing_since = None
        self.workers.append(worker)
        return worker
