"""A pool of real workers, and a workspace in it."""

import pytest

from cf_core.runs.limits import Limits
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from tests.runs.workers.sweeping import wait_until_over


@pytest.fixture(scope="module")
def workers(tmp_path_factory, tiny_data):
    """A pool of one worker; torch is imported once for all tests."""
    workers = WorkerPool(tmp_path_factory.mktemp("pool"), n_workers=1, data=tiny_data)
    workers.warm()
    yield workers
    workers.close()


@pytest.fixture
def anna(workers):
    """A new workspace in that pool. Its sweeps are stopped in the end."""
    anna = Workspace(workers, new_token())
    yield anna
    workers.limits = Limits()
    for sweep in anna.sweeps.all():
        anna.sweeps.stop(sweep.sweep_id)
        wait_until_over(anna, sweep.sweep_id)
