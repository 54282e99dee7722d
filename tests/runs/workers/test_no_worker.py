"""What happens where no worker can be started, or where another process has the run in hand."""

import pytest

from cf_core.errors import StoreError
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers import slot_watch, this_machine
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.commands import Pause, Stop
from tests.waiting import wait_until, wait_until_ended


@pytest.fixture
def no_memory(monkeypatch):
    """No worker can be started; `no_memory.undo()` makes room."""
    monkeypatch.setattr(slot_watch, "RETRY_SECONDS", 0.05)

    def fail(*_):
        raise OSError(12, "Cannot allocate memory")

    with monkeypatch.context() as patch:
        patch.setattr(this_machine, "WorkerProcess", fail)
        yield patch


def test_a_run_waits_until_a_worker_can_be_started(tmp_path, tiny_data, make_spec, no_memory):
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    run_id = workers.submit(make_spec(1))
    assert (workers.live(run_id).state, workers.live(run_id).place) == ("queued", 1)
    no_memory.undo()
    assert wait_until_ended(workers, run_id).state == "finished"
    workers.close()


def test_a_run_does_not_wait_for_ever(tmp_path, tiny_data, make_spec, no_memory, monkeypatch):
    monkeypatch.setattr(slot_watch, "GIVE_UP_SECONDS", 0.2)
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    run_id = workers.submit(make_spec(1))
    run = wait_until_ended(workers, run_id)
    assert run.state == "interrupted" and "Cannot allocate memory" in run.message
    wait_until(lambda: workers.store.get(run_id).message == run.message)
    no_memory.undo()
    workers.requeue(run_id)
    assert wait_until_ended(workers, run_id).state == "finished"
    workers.close()


def test_a_command_to_a_run_of_another_process_is_refused(tmp_path, make_spec):
    """The store's other user in this process stands for another server: it shares the lock, not the pool."""
    workers = WorkerPool(tmp_path, n_workers=0)
    run_id = RunStore(tmp_path).create(make_spec()).run_id
    for command in (Pause(), Stop()):
        with pytest.raises(StoreError, match="another server or of the command line"):
            workers.send(run_id, command)
    assert workers.store.get(run_id).outcome == "queued"
    workers.close()
