"""The pool and its worker processes: the queue, live histories, stops, and deaths of workers and servers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cf_core.errors import ConfigError
from cf_core.runs.pool import WorkerPool, pool
from cf_core.runs.store import RunStore
from cf_core.training.commands import Pause, Resume, SetLearningRate, Stop

PROJECT = Path(__file__).parents[2]
LONG = 1000
"""More epochs than any test waits for."""


def eventually(condition, seconds=30.0):
    """Wait until `condition()` is true, and give what it gave."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
    return found


def ended(workers, run_id):
    return eventually(lambda: (run := workers.live(run_id)) and run.state not in ("queued", "running") and run)


def trains(workers, run_id):
    """Wait until an epoch of the run is over."""
    return eventually(lambda: workers.live(run_id).history.epochs)


def is_running(pid):
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """A pool of one worker; torch is imported once for all tests."""
    workers = WorkerPool(tmp_path_factory.mktemp("pool"), n_workers=1)
    workers.warm()
    yield workers
    workers.close()


def test_a_submitted_run_is_trained_and_stored(workers, make_spec):
    run_id = workers.submit(make_spec(n_epochs=3), "anna")
    run = ended(workers, run_id)
    assert (run.run_id, run.owner, run.state, run.place) == (run_id, "anna", "finished", None)
    assert [epoch.epoch for epoch in run.history.epochs] == [1, 2, 3]
    assert workers.store.history(run_id) == run.history
    assert workers.store.get(run_id).has_factors


def test_the_history_grows_and_belongs_to_the_reader(workers, make_spec):
    run_id = workers.submit(make_spec(LONG))
    trains(workers, run_id)
    early = workers.live(run_id)
    n_epochs = len(early.history.epochs)
    eventually(lambda: len(workers.live(run_id).history.epochs) > n_epochs)
    assert early.state == "running" and len(early.history.epochs) == n_epochs
    workers.send(run_id, Stop())
    stopped = ended(workers, run_id)
    assert stopped.state == "stopped" and 0 < len(stopped.history.epochs) < LONG
    assert workers.store.get(run_id).outcome == "stopped"
    workers.send(run_id, Stop())  # a second click takes no effect


def test_runs_wait_in_order_and_can_be_taken_out(workers, make_spec):
    first, second, third = (workers.submit(make_spec(n_epochs)) for n_epochs in (LONG, 1, 1))
    assert [workers.live(run_id).place for run_id in (first, second, third)] == [None, 1, 2]
    assert workers.live(second).state == "queued"
    workers.send(second, Stop())
    assert (workers.live(second).state, workers.store.get(second).outcome) == ("stopped", "stopped")
    assert workers.live(third).place == 1
    trains(workers, first)
    workers.send(first, Stop())
    assert ended(workers, third).state == "finished"
    assert workers.live(second).history.batches == []


def test_commands_to_a_waiting_run_wait_with_it(workers, make_spec):
    first, second = workers.submit(make_spec(LONG)), workers.submit(make_spec(2, learning_rate=0.01))
    workers.send(second, SetLearningRate(0.002))
    workers.send(first, Stop())
    assert ended(workers, second).history.batches[0].learning_rate == pytest.approx(0.002)


def test_a_run_can_be_paused_and_resumed(workers, make_spec):
    run_id = workers.submit(make_spec(LONG))
    trains(workers, run_id)
    workers.send(run_id, Pause())
    eventually(lambda: _stands_still(workers, run_id))
    n_epochs = len(workers.live(run_id).history.epochs)
    workers.send(run_id, Resume())
    eventually(lambda: len(workers.live(run_id).history.epochs) > n_epochs)
    workers.send(run_id, Stop())
    assert ended(workers, run_id).state == "stopped"


def _stands_still(workers, run_id):
    before = workers.live(run_id).history
    time.sleep(0.2)
    return workers.live(run_id).history == before


def test_a_run_that_cannot_be_trained_fails_and_the_worker_lives_on(workers, make_spec, tmp_path):
    spec = make_spec()
    process = workers._workers[0].process.pid
    run = ended(workers, workers.submit(type(spec)(str(tmp_path / "nowhere"), spec.split, spec.config)))
    assert run.state == "failed" and "nowhere" in run.history.ended.message
    assert ended(workers, workers.submit(spec)).state == "finished"
    assert workers._workers[0].process.pid == process


def test_a_killed_worker_fails_its_run_with_the_reason_and_is_replaced(workers, make_spec):
    run_id, waiting = workers.submit(make_spec(LONG)), workers.submit(make_spec())
    trains(workers, run_id)
    os.kill(workers._workers[0].process.pid, signal.SIGKILL)
    run = ended(workers, run_id)
    assert run.state == "failed" and "killed" in run.history.ended.message
    eventually(lambda: workers.store.get(run_id).message == run.history.ended.message)
    assert workers.store.get(run_id).outcome == "failed"
    assert len(workers.store.history(run_id).epochs) > 0
    assert ended(workers, waiting).state == "finished"


def test_unknown_runs_are_none_and_commands_to_them_take_no_effect(workers):
    assert workers.live("nobody") is None
    workers.send("nobody", Stop())


def test_closing_interrupts_and_leaves_no_process(tmp_path, make_spec):
    workers = WorkerPool(tmp_path, n_workers=1)
    running, waiting = workers.submit(make_spec(LONG)), workers.submit(make_spec())
    trains(workers, running)
    process = workers._workers[0].process
    workers.close()
    assert process.poll() == 0
    assert {workers.store.get(run_id).outcome for run_id in (running, waiting)} == {"interrupted"}


def test_workers_end_with_a_server_that_was_killed(tmp_path, make_spec):
    code = f"""
import time
from cf_core.runs.pool import pool
from cf_core.runs.spec import RunSpec
workers = pool({str(tmp_path)!r})
run_id = workers.submit(RunSpec.from_json({make_spec(LONG).to_json()!r}))
while not workers.live(run_id).history.epochs:
    time.sleep(0.01)
print(workers._workers[0].process.pid, run_id, flush=True)
time.sleep(60)
"""
    server = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    worker, run_id = server.stdout.readline().split()
    server.kill()
    server.wait()
    eventually(lambda: not is_running(worker))
    run = RunStore(tmp_path).get(run_id)
    assert run.outcome == "interrupted" and run.n_epochs_done > 0


def test_what_libraries_print_does_not_get_between_the_events(tmp_path):
    code = f"""
import os, sys
from cf_core.runs import worker
def run(self):
    print("noise")
    os.write(1, b"more noise")
    self._tell({{"ready": True}})
worker.Worker.run = run
sys.argv = ["worker", "--runs", {str(tmp_path)!r}]
worker.main()
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert said.stdout == '{"ready": true}\n'
    assert "noise" in said.stderr and "more noise" in said.stderr


def test_there_is_one_pool_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CF_LAB_WORKERS", "3")
    assert pool("runs") is pool(tmp_path / "runs")
    assert pool("runs").n_workers == 3


@pytest.mark.parametrize("given", ["0", "-1", "many", ""])
def test_a_number_of_workers_that_is_none_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.setenv("CF_LAB_WORKERS", given)
    with pytest.raises(ConfigError, match="CF_LAB_WORKERS"):
        WorkerPool(tmp_path)
