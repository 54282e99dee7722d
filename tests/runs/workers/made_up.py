"""Workers that are made up, and their site: one trains nothing, notes what it is told, and dies when it is told to."""

import threading

from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.runs.workers.slots import plain_slots


class Dummy(PoolWorker):
    """A worker that notes what it is told."""

    def __init__(self, slot, on_event, on_exit):
        super().__init__(slot, on_event, on_exit)
        self.requests, self.alive, self.pid, self.ready = [], True, 0, True

    alive, pid = True, 0

    def _request(self, record):
        self.requests.append(record)

    def report(self, run_id, event):
        self._on_event(self, run_id, event)

    def die(self):
        self.alive = False
        dying = threading.Thread(target=self._on_exit, args=(self, "Its machine has died."))
        dying.start()
        dying.join()

    def close(self):
        self.alive = False

    def wait(self):
        pass


class Site:
    """One slot for such a worker."""

    def __init__(self, revives=True):
        self.revives, self.started, self.room = revives, [], 1

    def slots(self):
        return plain_slots(self.room)

    def start(self, slot, on_event, on_exit):
        self.started.append(Dummy(slot, on_event, on_exit))
        return self.started[-1]

    @property
    def latest(self):
        return self.started[-1]
