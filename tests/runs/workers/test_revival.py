"""Runs whose worker has died go on by themselves where the site of the workers says so. The workers here are made up:
one trains nothing, and dies when it is told to."""

import threading

import pytest

from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.pool_worker import PoolWorker
from cf_core.runs.workers.revival import MOST_REVIVALS
from cf_core.runs.workers.slots import plain_slots
from cf_core.training.commands import Pause, Stop
from cf_core.training.events import CommandTaken
from tests.runs.stored import STARTED
from tests.waiting import wait_until


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


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def workers(tmp_path, tiny_data, site):
    workers = WorkerPool(tmp_path, data=tiny_data, site=site)
    yield workers
    workers.close()


def test_a_run_goes_on_by_itself_and_not_for_ever(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    for _ in range(MOST_REVIVALS):
        site.latest.die()
        assert workers.live(run_id).state == workers.store.get(run_id).outcome.replace("queued", "running") == "running"
        assert site.latest.requests == [{"train": run_id, "commands": []}]
    site.latest.die()
    run = workers.live(run_id)
    assert run.state == workers.store.get(run_id).outcome == "interrupted"
    assert run.message == workers.store.get(run_id).message
    assert run.message == f"Its machine has died. It has gone on by itself {MOST_REVIVALS} times, and does not again."
    workers.requeue(run_id)
    assert workers.live(run_id).state == "running"


def test_a_run_that_was_being_stopped_does_not_go_on(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    workers.send(run_id, Stop())
    site.latest.die()
    assert workers.live(run_id).state == workers.store.get(run_id).outcome == "interrupted"


def test_one_that_waits_again_can_be_stopped(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    site.room = 0
    workers._slot_watch.look()
    site.latest.die()
    assert (workers.live(run_id).state, workers.live(run_id).place) == ("queued", 1)
    workers.send(run_id, Stop())
    assert workers.live(run_id).state == workers.store.get(run_id).outcome == "stopped"


def test_a_paused_run_pauses_again(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    site.latest.report(run_id, STARTED)
    site.latest.report(run_id, CommandTaken(1, 0, 2, Pause.kind))
    site.latest.die()
    assert site.latest.requests == [{"train": run_id, "commands": [Pause().to_json()]}]


def test_workers_of_this_machine_do_not_bring_it_back(tmp_path, tiny_data, make_spec):
    site = Site(revives=False)
    workers = WorkerPool(tmp_path, data=tiny_data, site=site)
    run_id = workers.submit(make_spec(), "anna")
    site.latest.die()
    assert workers.live(run_id).state == "interrupted"
    workers.close()


def test_new_slots_are_filled(workers, site, make_spec, monkeypatch):
    runs = [workers.submit(make_spec(), "anna") for _ in range(2)]
    assert workers.live(runs[1]).place == 1
    site.room = 2
    wait_until(lambda: workers.live(runs[1]).state == "running")
    assert workers.n_workers == 2
