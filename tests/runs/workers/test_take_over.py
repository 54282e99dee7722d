"""The pool of a cluster goes on with the runs of the one before it, however that ended. The workers here are made up;
what a dead pool leaves is written into the store."""

import pytest

from cf_core.runs.store.pool_runs import PoolRuns
from cf_core.runs.store.run_rows import CUT_OFF
from cf_core.runs.store.tables import PoolRunRow
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.revival import MOST_REVIVALS
from cf_core.training.commands import Pause, Resume, SetDown, SetLearningRate, StepBatch, Stop, command_from_json
from cf_core.training.events import CommandTaken
from tests.runs.stored import FINISHED, STARTED
from tests.runs.workers.made_up import Site
from tests.waiting import wait_until


class Dead:
    """Liveness of a pool that has died."""

    def acquire(self):
        return "dead"


def leave(store, run_id, n_revivals=0, commands=(), worker="dead worker"):
    """Have the run be one that a dead pool had, with a worker that died as well."""
    PoolRuns(store.database, Dead()).note(run_id, n_revivals, commands)
    store._rows.change(run_id, {"holder": worker})


def noted(store, run_id):
    """What the next pool would tell the run."""
    with store.database.reading() as session:
        return [command_from_json(each) for each in session.get(PoolRunRow, run_id).commands]


@pytest.fixture
def start(store, tiny_data):
    """Starts a pool on the store; it is closed in the end."""
    pools = []

    def start(site):
        pools.append(WorkerPool(store.address, data=tiny_data, site=site))
        return pools[-1]

    yield start
    for each in pools:
        each.close()


def test_a_run_of_a_dead_pool_goes_on_by_itself(store, running, start):
    leave(store, running, commands=[Pause()])
    workers = start(site := Site())
    wait_until(lambda: not store.pool_runs.left(), seconds=20)
    assert workers.live(running).state == "running"
    assert site.latest.requests == [{"train": running, "commands": [Pause().to_json()]}]


def test_it_goes_on_so_often_and_no_oftener(store, running, start):
    leave(store, running, MOST_REVIVALS - 1)
    workers = start(Site())
    workers._revival.take_over()
    assert workers.live(running).state == "running"
    workers.store._rows.change(running, {"outcome": "running"})
    leave(store, running, MOST_REVIVALS)
    workers._revival.take_over()
    assert store.get(running).outcome == "interrupted"
    assert store.get(running).message == f"{CUT_OFF} It has gone on by itself 3 times, and does not again."
    assert store.pool_runs.left() == []


def test_who_only_waited_in_a_dead_pool_has_lost_no_life(store, make_spec, start):
    run_id = store.create(make_spec(), "anna").run_id
    leave(store, run_id, MOST_REVIVALS, worker="dead")
    workers = start(Site())
    workers._revival.take_over()
    assert workers.live(run_id).state == "running"


@pytest.mark.parametrize("end", ["deleted", "stopped", "finished"])
def test_what_its_owner_ended_stays_so(store, running, make_spec, start, end):
    if end == "deleted":
        store.interrupt(running, "why")
        store.delete(running)
    else:
        store.finish(running, type(FINISHED)(end, 2, 1.5), None)
    leave(store, running)
    workers = start(Site())
    workers._revival.take_over()
    assert workers.live(running) is None and store.pool_runs.left() == []
    assert store.get(running).outcome == {"deleted": "interrupted"}.get(end, end)


def test_a_run_of_a_pool_that_lives_is_left_to_it(store, running, start):
    """As long as its worker lives, too, though the pool is dead."""
    leave(store, running, worker=store.holder())
    workers = start(Site())
    workers._revival.take_over()
    assert workers.live(running) is None and store.get(running).outcome == "running"


def test_the_next_pool_goes_on_where_one_was_ended(store, make_spec, start, monkeypatch):
    first = start(site := Site())
    training, waiting, done = (first.submit(make_spec(), "anna") for _ in range(3))
    first.send(done, Stop())
    site.latest.report(training, STARTED)
    site.latest.report(training, CommandTaken(1, 0, 2, SetLearningRate.kind, learning_rate=0.5))
    first.close()
    store.interrupt(training, "Its worker was shut down.")  # as a real one says itself
    second = start(site := Site())
    second._revival.take_over()
    told = [SetLearningRate(0.5).to_json()]
    assert site.latest.requests == [{"train": training, "commands": told}]
    assert (second.live(waiting).place, second.live(done)) == (1, None)


def test_the_next_pool_leaves_what_this_one_left(store, make_spec, start):
    """A run whose worker died while it was being stopped, and one that has died too often."""
    first = start(site := Site())
    stopped = first.submit(make_spec(), "anna")
    first.send(stopped, Stop())
    site.latest.die()
    too_often = first.submit(make_spec(), "anna")
    for _ in range(MOST_REVIVALS + 1):
        site.latest.die()
    first.close()
    second = start(Site())
    second._revival.take_over()
    for run_id in (stopped, too_often):
        assert second.live(run_id) is None and store.get(run_id).outcome == "interrupted"


def test_a_pause_that_was_ended_while_the_run_waited_is_not_repeated(store, make_spec, start):
    workers = start(site := Site())
    run_id = workers.submit(make_spec(), "anna")
    store.begin(run_id, fingerprint="", versions={})
    site.latest.report(run_id, STARTED)
    for taken in (Pause, SetDown):
        site.latest.report(run_id, CommandTaken(1, 0, 2, taken.kind))
    assert noted(store, run_id) == [Pause()] and workers.live(run_id).set_down
    workers.send(run_id, StepBatch())
    assert workers.live(run_id).state == "running"
    assert noted(store, run_id) == [Pause(), Resume(), StepBatch()]


def test_a_pool_of_this_machine_takes_nothing_over_and_notes_nothing(store, running, make_spec, start):
    leave(store, running)
    workers = start(Site(revives=False))
    workers.submit(make_spec(), "anna")
    workers.close()
    assert [left.run_id for left in store.pool_runs.left()] == [running]
