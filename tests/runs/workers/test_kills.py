"""Workers and servers are killed at random moments, and their runs come to the same numbers as if nothing had been.

Fifty kills hit forked children that train (see killing.py); some more hit the worker processes of a real pool, the
server around it, or both. The moments come from a seed, which `CF_LAB_TEST_SEED` replaces; where a test fails it says
which one it had.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from cf_core.config import ModelConfig, Phase, TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.environment import PROJECT
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.pool import WorkerPool
from tests.runs.same_numbers import differences, numbers_of
from tests.runs.workers.serving import start_server
from tests.waiting import is_running, wait_until, wait_until_ended

pytestmark = pytest.mark.slow

N_KILLS = 25
SEED = int(os.environ.get("CF_LAB_TEST_SEED", 0))


@pytest.fixture(autouse=True)
def said_seed():
    """Pytest shows it with a test that fails."""
    print(f"CF_LAB_TEST_SEED={SEED}")


@pytest.fixture(scope="module")
def specs(tiny_data):
    """Two runs of two phases: one with Adam and a schedule, one with dropout and momentum."""
    phases = Phase(2, 0.01, "one-cycle"), Phase(1, 0.003)
    bias = TrainingConfig("bias", ModelConfig("bias", n_factors=4), "adam", phases, batch_size=16)
    net = TrainingConfig("net", ModelConfig("net", n_factors=4), "sgd", phases, batch_size=16)
    return [RunSpec(str(tiny_data), SplitConfig(), config, "cpu") for config in (bias, net)]


def test_runs_killed_fifty_times_come_to_the_same_numbers(tmp_path, specs):
    command = [sys.executable, "tests/runs/workers/killing.py"]
    killers = [
        subprocess.Popen(
            [*command, str(tmp_path / spec.config.recipe), json.dumps(spec.to_json()), str(SEED), str(N_KILLS)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for spec in specs
    ]
    for killer in killers:
        runs = [json.loads(line) for line in killer.communicate(timeout=600)[0].splitlines()]
        assert killer.returncode == 0
        assert [run["differences"] for run in runs] == [[]] * len(runs), runs
        killed_at = [n_epochs for run in runs for n_epochs in run["killed_at"]]
        assert len(killed_at) >= N_KILLS
        print(f"killed after epochs {sorted(killed_at)}")


@pytest.fixture(scope="module")
def long_run(specs):
    """A run of some seconds."""
    phases = Phase(25, 0.01, "one-cycle"), Phase(15, 0.003)
    return replace(specs[1], config=replace(specs[1].config, phases=phases))


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory, long_run):
    """The numbers of that run without a break."""
    store = RunStore(tmp_path_factory.mktemp("alone"))
    run_id = store.create(long_run).run_id
    for _ in execute(store, run_id):
        pass
    return numbers_of(store, run_id)


def moments():
    """Two moments to kill at, in the first part of the run and then in the middle: reports, and seconds after."""
    draw = random.Random(SEED)
    return [(draw.randrange(1, 300), draw.uniform(0, 0.02)), (draw.randrange(300, 600), draw.uniform(0, 0.02))]


def test_a_run_whose_workers_are_killed_comes_to_the_same_numbers(tmp_path, long_run, left_alone):
    workers = WorkerPool(tmp_path, n_workers=1, data=long_run.data)
    run_id = workers.submit(long_run)
    for n_reports, seconds in moments():
        wait_until(lambda n_reports=n_reports: len(workers.live(run_id).history.batches) >= n_reports)
        time.sleep(seconds)
        os.kill(workers.worker_pids()[0], signal.SIGKILL)
        broken = wait_until_ended(workers, run_id)
        assert broken.state == "interrupted" and "SIGKILL" in broken.message
        workers.requeue(run_id)
    assert wait_until_ended(workers, run_id).state == "finished"
    assert differences(numbers_of(workers.store, run_id), left_alone) == []
    assert workers.live(run_id).history == workers.store.history(run_id)
    workers.close()


@pytest.mark.parametrize("victims", ["server", "server and worker"])
def test_a_run_whose_server_is_killed_comes_to_the_same_numbers(tmp_path, long_run, left_alone, victims):
    for n_reports, seconds in moments():
        server = start_server(tmp_path, long_run, n_reports=n_reports)
        (worker,) = server.worker_pids
        time.sleep(seconds)
        server.process.kill()
        if victims == "server and worker":
            os.kill(worker, signal.SIGKILL)
        server.wait()
        wait_until(lambda pid=worker: not is_running(pid))
        wait_until(lambda run_id=server.run_id: RunStore(tmp_path).get(run_id).outcome != "running")
        assert RunStore(tmp_path).get(server.run_id).resumable
    workers = WorkerPool(tmp_path, n_workers=1, data=long_run.data)
    workers.requeue(server.run_id)
    assert wait_until_ended(workers, server.run_id).state == "finished"
    assert differences(without_breaks(numbers_of(workers.store, server.run_id)), without_breaks(left_alone)) == []
    workers.close()


def without_breaks(numbers):
    """A worker that is left by its server stops within an epoch: there it reports once more, and then over the rest."""
    events = [event for name, event in numbers.items() if name.startswith("event") and event["event"] == "epoch_ended"]
    return {name: tensor for name, tensor in numbers.items() if not name.startswith("event")} | dict(enumerate(events))
