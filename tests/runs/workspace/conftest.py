"""Two workspaces in a pool that trains nothing, and runs of the first in every state."""

import queue

import pytest

from cf_core.runs.execute import execute
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.training.commands import Stop
from cf_core.training.events import BatchEnded


@pytest.fixture
def workers(tmp_path):
    """A pool in which runs wait for ever: tests that need a trained one train it themselves."""
    workers = WorkerPool(tmp_path / "runs", n_workers=0)
    yield workers
    workers.close()


@pytest.fixture
def anna(workers):
    return Workspace(workers, new_token())


@pytest.fixture
def ben(workers):
    return Workspace(workers, new_token())


@pytest.fixture
def finished(workers, anna, make_spec):
    """The id of a run of Anna's that has finished."""
    run_id = workers.store.create(make_spec(), anna._token).run_id
    for _ in execute(workers.store, run_id):
        pass
    return run_id


@pytest.fixture
def stopped(workers, anna, make_spec):
    """The id of a run of Anna's that was stopped in its third epoch."""
    run_id, commands = workers.store.create(make_spec(n_epochs=3), anna._token).run_id, queue.SimpleQueue()
    for event in execute(workers.store, run_id, commands):
        if isinstance(event, BatchEnded) and event.epoch == 3:
            commands.put(Stop())
    return run_id


@pytest.fixture
def waiting(anna, make_spec):
    """The id of a run of Anna's that waits."""
    return anna.submit(make_spec())
