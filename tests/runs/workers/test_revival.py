"""Runs whose worker has died go on by themselves where the site of the workers says so. The workers here are made
up."""

import pytest

from cf_core.runs.workers.lost_commands import lost_commands
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workers.revival import MOST_REVIVALS
from cf_core.training.commands import FollowSchedule, Pause, Resume, SetLearningRate, StepBatch, Stop, Watch
from cf_core.training.events import CommandTaken
from cf_core.training.history import History
from tests.runs.stored import STARTED, epoch
from tests.runs.workers.made_up import Site
from tests.waiting import wait_until


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


def test_a_worker_without_a_place_costs_its_run_nothing(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    for _ in range(MOST_REVIVALS + 1):
        site.latest.ready = site.latest.has_place = False
        site.latest.die()
    for _ in range(MOST_REVIVALS):
        assert workers.live(run_id).state == "running"
        site.latest.die()
    site.latest.ready = site.latest.has_place = False
    site.latest.die()
    assert workers.live(run_id).state == "running"
    site.latest.die()
    assert workers.live(run_id).state == "interrupted"


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


def test_what_a_worker_did_not_live_to_obey_the_next_one_is_told(workers, site, make_spec):
    run_id = workers.submit(make_spec(), "anna")
    site.latest.report(run_id, STARTED)
    for command in (Pause(), SetLearningRate(0.5), Resume()):
        workers.send(run_id, command)
    site.latest.report(run_id, CommandTaken(1, 0, 2, Pause.kind))
    site.latest.die()
    told = [command.to_json() for command in (Pause(), SetLearningRate(0.5), Resume())]
    assert site.latest.requests == [{"train": run_id, "commands": told}]


def test_a_command_that_comes_while_a_run_is_brought_back_goes_with_it(workers, site, make_spec, monkeypatch):
    run_id = workers.submit(make_spec(), "anna")
    history = workers.store.history

    def history_and_a_command(of):
        workers.send(run_id, Resume())
        return history(of)

    monkeypatch.setattr(workers.store, "history", history_and_a_command)
    site.latest.die()
    assert site.latest.requests == [{"train": run_id, "commands": [Resume().to_json()]}]


def test_a_stop_that_comes_before_a_run_is_brought_back_is_obeyed(workers, site, make_spec, monkeypatch):
    run_id = workers.submit(make_spec(), "anna")
    interrupt = workers.store.interrupt

    def stop_and_interrupt(*arguments):
        workers.send(run_id, Stop())
        interrupt(*arguments)

    monkeypatch.setattr(workers.store, "interrupt", stop_and_interrupt)
    site.latest.die()
    assert workers.live(run_id).state == workers.store.get(run_id).outcome == "interrupted"
    assert workers.live(run_id).message == "Its machine has died."


def test_what_the_checkpoint_knows_is_not_repeated():
    rate = CommandTaken(1, 1, 2, SetLearningRate.kind, learning_rate=0.5)
    history = History.of([STARTED, rate, epoch(1)])
    assert lost_commands(history) == []
    history.add(CommandTaken(2, 1, 2, SetLearningRate.kind, learning_rate=0.1))
    history.add(CommandTaken(2, 1, 2, "follow_schedule"))
    history.add(CommandTaken(2, 1, 2, "watch", user_idx=1, item_idx=2))
    history.add(CommandTaken(2, 1, 2, StepBatch.kind))
    assert lost_commands(history) == [FollowSchedule(), Watch(1, 2), Pause()]
    history.add(CommandTaken(2, 1, 2, Resume.kind))
    assert lost_commands(history, [Stop()]) == [FollowSchedule(), Watch(1, 2), Stop()]


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
