"""A pool on a machine with a GPU: its workers train there, are steered, and die like those on a processor."""

import os
import signal
from dataclasses import replace

import pytest
import torch

from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.commands import Pause, Resume, SetLearningRate, StepEpoch
from tests.waiting import wait_for_epoch, wait_until, wait_until_ended

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
N_EPOCHS = 60
CLOSE = 1e-3
"""Relative; a GPU adds up in an order that changes from run to run."""


@pytest.fixture(scope="module")
def workers(tmp_path_factory, tiny_data):
    """With as many workers as the machine has GPUs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CF_LAB_WORKERS", raising=False)
        workers = WorkerPool(tmp_path_factory.mktemp("pool"), data=tiny_data)
    assert workers.n_workers == torch.cuda.device_count()
    yield workers
    workers.close()


@pytest.fixture
def spec(make_spec):
    return replace(make_spec(N_EPOCHS), device="auto")


def final_losses(workers, run_id):
    run = wait_until_ended(workers, run_id)
    assert (run.state, len(run.history.epochs)) == ("finished", N_EPOCHS)
    assert run.history.started.device == "cuda"
    return [epoch.valid_loss for epoch in run.history.epochs[-3:]]


def test_it_trains_and_is_steered(workers, spec):
    run_id = workers.submit(spec)
    wait_for_epoch(workers, run_id)
    workers.send(run_id, Pause())
    wait_until(lambda: workers.live(run_id).paused)
    n_epochs = len(workers.live(run_id).history.epochs)
    workers.send(run_id, SetLearningRate(0.002))
    workers.send(run_id, StepEpoch())
    wait_for_epoch(workers, run_id, after=n_epochs)
    wait_until(lambda: workers.live(run_id).paused)
    workers.send(run_id, Resume())
    run = wait_until_ended(workers, run_id)
    assert run.state == "finished" and run.history.epochs[-1].learning_rate == pytest.approx(0.002)
    assert workers.store.get(run_id).has_factors


def test_a_killed_worker_s_run_goes_on_to_the_same_numbers(workers, spec):
    undisturbed = final_losses(workers, workers.submit(spec))
    run_id = workers.submit(spec)
    wait_for_epoch(workers, run_id)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    assert wait_until_ended(workers, run_id).state == "interrupted"
    workers.requeue(run_id)
    assert final_losses(workers, run_id) == pytest.approx(undisturbed, rel=CLOSE)
