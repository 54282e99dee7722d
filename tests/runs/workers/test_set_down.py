"""Runs that hand their worker on to others who wait, and go on later to the same numbers."""

import pytest

from cf_core.runs.limits import Limits
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.commands import Pause, Resume, SetLearningRate, StepBatch, Stop
from tests.runs.same_numbers import differences, numbers_of
from tests.waiting import wait_until, wait_until_ended

LONG = 1000
SOON, NEVER = 0.2, 1e6


@pytest.fixture(scope="module")
def only_pool(tmp_path_factory, tiny_data):
    """A pool of one worker; torch is imported once for all tests."""
    workers = WorkerPool(tmp_path_factory.mktemp("pool"), n_workers=1, data=tiny_data)
    yield workers
    workers.close()


@pytest.fixture
def start_pool(only_pool, monkeypatch):
    """`start_pool(pause_seconds=…, share_seconds=…)`: the pool with these limits. Its runs are stopped in the end."""
    limits, tick = only_pool.limits, only_pool._hand_over
    monkeypatch.setattr(tick, "_seconds", 0.05)

    def start(pause_seconds=NEVER, share_seconds=NEVER):
        only_pool.limits = Limits(pause_seconds=pause_seconds, share_seconds=share_seconds)
        return only_pool

    yield start
    only_pool.limits = limits
    for run_id in list(only_pool._jobs):
        only_pool.send(run_id, Stop())
        wait_until_ended(only_pool, run_id)


def pause_at_some_batch(workers, run_id):
    wait_until(lambda: workers.live(run_id).history.batches)
    workers.send(run_id, Pause())
    return wait_until(lambda: (run := workers.live(run_id)).paused and run)


def wait_until_set_down(workers, run_id):
    return wait_until(lambda: (run := workers.live(run_id)).set_down and run)


def test_a_paused_run_hands_its_worker_on_and_goes_on_to_the_same_numbers(start_pool, make_spec):
    workers, spec = start_pool(pause_seconds=SOON), make_spec(20)
    run_id = workers.submit(spec, "anna")
    before = pause_at_some_batch(workers, run_id)
    other = workers.submit(make_spec(3), "ben")
    assert wait_until_ended(workers, other).state == "finished"
    run = workers.live(run_id)
    assert (run.state, run.place, run.paused, run.set_down) == ("queued", None, True, True)
    assert run.history == before.history
    stored = workers.store.get(run_id)
    assert (stored.outcome, stored.has_checkpoint, stored.has_factors) == ("queued", True, True)

    workers.send(run_id, Resume())
    assert wait_until_ended(workers, run_id).state == "finished"
    events = workers.store.history(run_id)
    assert [command.command for command in events.commands] == ["pause", "resume"]
    assert len({command.position for command in events.commands}) == 1
    in_one_go = workers.submit(spec, "anna")
    wait_until_ended(workers, in_one_go)
    same = numbers_of(workers.store, run_id), numbers_of(workers.store, in_one_go)
    commands = [name for name, record in same[0].items() if record.__class__ is dict and "command" in record]
    assert len(commands) == 2
    assert events.epochs[-1].valid_loss == workers.store.history(in_one_go).epochs[-1].valid_loss
    assert [name for name in differences(*same) if not name.startswith("event")] == []


def test_a_paused_run_keeps_its_worker_while_nobody_waits(start_pool, make_spec):
    workers = start_pool(pause_seconds=SOON)
    run_id = workers.submit(make_spec(LONG), "anna")
    pause_at_some_batch(workers, run_id)
    ticks = []
    tick, workers._hand_over._function = workers._hand_over._function, lambda: (ticks.append(1), tick())
    wait_until(lambda: len(ticks) > 2)
    assert (workers.live(run_id).state, workers.live(run_id).set_down) == ("running", False)


def test_a_resumed_run_is_the_first_of_its_owner(start_pool, make_spec):
    workers = start_pool(pause_seconds=SOON)
    run_id = workers.submit(make_spec(LONG), "anna")
    pause_at_some_batch(workers, run_id)
    other = workers.submit(make_spec(LONG), "ben")
    wait_until_set_down(workers, run_id)
    newer = workers.submit(make_spec(LONG), "anna")
    assert workers.live(newer).place == 1
    workers.send(run_id, Resume())
    assert (workers.live(run_id).place, workers.live(newer).place) == (1, 2)
    workers.send(other, Stop())
    wait_until(lambda: workers.live(run_id).state == "running" and not workers.live(run_id).paused)
    assert workers.live(newer).place == 1


def test_a_run_that_was_set_down_takes_a_rate_and_one_batch(start_pool, make_spec):
    workers = start_pool(pause_seconds=SOON)
    run_id = workers.submit(make_spec(LONG), "anna")
    at = pause_at_some_batch(workers, run_id).history.commands[-1]
    wait_until_ended(workers, workers.submit(make_spec(1), "ben"))
    for command in (Pause(), SetLearningRate(0.002)):
        workers.send(run_id, command)
        assert workers.live(run_id).place is None, "it waits for a command that trains"
    workers.send(run_id, StepBatch())
    wait_until(lambda: StepBatch.kind in [command.command for command in workers.live(run_id).history.commands])
    run = wait_until(lambda: (run := workers.live(run_id)).paused and run)
    assert run.history.batches[-1].position == pytest.approx(at.position + 1 / at.n_batches)
    assert run.history.batches[-1].learning_rate == pytest.approx(0.002)


def test_a_run_that_was_set_down_can_be_stopped_and_keeps_what_it_has_learnt(start_pool, make_spec):
    workers = start_pool(pause_seconds=SOON)
    run_id = workers.submit(make_spec(LONG), "anna")
    pause_at_some_batch(workers, run_id)
    wait_until_ended(workers, workers.submit(make_spec(1), "ben"))
    workers.send(run_id, Stop())
    assert (workers.live(run_id).state, workers.live(run_id).paused) == ("stopped", False)
    run = workers.store.get(run_id)
    assert (run.outcome, run.message) == ("stopped", "Stopped by command.")
    assert run.continuable and workers.store.factors(run_id).recipe == "tiny"


def test_who_has_had_a_share_makes_room_and_goes_on_by_itself_to_the_same_numbers(start_pool, make_spec):
    workers, spec = start_pool(share_seconds=SOON), make_spec(60)
    of_anna, of_ben = workers.submit(spec, "anna"), workers.submit(make_spec(LONG), "ben")
    run = wait_until_set_down(workers, of_anna)
    assert (run.state, run.place, run.paused) == ("queued", 1, False) and run.history.batches
    assert workers.store.get(of_anna).outcome == "queued"
    wait_until_set_down(workers, of_ben)
    workers.send(of_ben, Stop())
    assert wait_until_ended(workers, of_anna).state == "finished"
    in_one_go = workers.submit(spec)
    wait_until_ended(workers, in_one_go)
    assert differences(numbers_of(workers.store, of_anna), numbers_of(workers.store, in_one_go)) == []


def test_a_share_has_no_end_while_only_ones_own_runs_wait(start_pool, make_spec):
    workers = start_pool(share_seconds=SOON)
    first, second = workers.submit(make_spec(LONG), "anna"), workers.submit(make_spec(1), "anna")
    ticks = []
    tick, workers._hand_over._function = workers._hand_over._function, lambda: (ticks.append(1), tick())
    wait_until(lambda: len(ticks) > 2)
    assert (workers.live(first).state, workers.live(second).place) == ("running", 1)


def test_a_run_on_hold_is_interrupted_with_its_server_and_can_be_resumed(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data, limits=Limits(pause_seconds=SOON))
    run_id = workers.submit(make_spec(LONG), "anna")
    pause_at_some_batch(workers, run_id)
    workers.submit(make_spec(LONG), "ben")
    wait_until_set_down(workers, run_id)
    workers.close()
    run = workers.store.get(run_id)
    assert (run.outcome, run.resumable) == ("interrupted", True) and "set down" in run.message


def test_the_limits_are_settings(monkeypatch):
    monkeypatch.setenv("CF_LAB_PAUSE_SECONDS", "7")
    monkeypatch.setenv("CF_LAB_SHARE_SECONDS", "8")
    assert (Limits.from_env().pause_seconds, Limits.from_env().share_seconds) == (7, 8)
