"""The pool and its worker processes: the queue, live histories, stops, and deaths of workers and servers."""

import os
import signal
import subprocess
import sys

import pytest

from cf_core.config import Phase
from cf_core.environment import PROJECT
from cf_core.errors import StoreError
from cf_core.runs.execute import SHUT_DOWN
from cf_core.runs.store.continuation import epochs_begun
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.jobs import Job
from cf_core.runs.workers.own_pool import pool, reset_pools
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.training.commands import Pause, Resume, SetLearningRate, StepBatch, StepEpoch, Stop
from tests.runs.workers.serving import start_server
from tests.waiting import is_running, wait_for_epoch, wait_until, wait_until_ended

LONG = 1000
"""More epochs than any test waits for."""


def test_a_submitted_run_is_trained_and_stored(workers, make_spec):
    run_id = workers.submit(make_spec(n_epochs=3), "anna")
    run = wait_until_ended(workers, run_id)
    assert (run.run_id, run.owner, run.state, run.place) == (run_id, "anna", "finished", None)
    assert [epoch.epoch for epoch in run.history.epochs] == [1, 2, 3]
    assert workers.store.history(run_id) == run.history
    assert workers.store.get(run_id).has_factors


def test_the_history_grows_and_belongs_to_the_reader(workers, make_spec):
    run_id = workers.submit(make_spec(LONG))
    wait_for_epoch(workers, run_id)
    early = workers.live(run_id)
    n_epochs = len(early.history.epochs)
    wait_for_epoch(workers, run_id, after=n_epochs)
    assert early.state == "running" and len(early.history.epochs) == n_epochs
    workers.send(run_id, Stop())
    stopped = wait_until_ended(workers, run_id)
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
    wait_for_epoch(workers, first)
    workers.send(first, Stop())
    assert wait_until_ended(workers, third).state == "finished"
    assert workers.live(second).history.batches == []


def test_commands_to_a_waiting_run_wait_with_it(workers, make_spec):
    mine = Workspace(workers, new_token())
    first, second = workers.submit(make_spec(LONG)), mine.submit(make_spec(2, learning_rate=0.01))
    mine.send(second, SetLearningRate(0.002))
    workers.send(first, Stop())
    assert wait_until_ended(workers, second).history.batches[0].learning_rate == pytest.approx(0.002)


def test_a_run_can_be_paused_and_resumed(workers, make_spec):
    run_id = workers.submit(make_spec(LONG))
    wait_for_epoch(workers, run_id)
    workers.send(run_id, Pause())
    wait_until(lambda: workers.live(run_id).paused)
    n_epochs = len(workers.live(run_id).history.epochs)
    workers.send(run_id, Resume())
    wait_for_epoch(workers, run_id, after=n_epochs)
    workers.send(run_id, Stop())
    assert wait_until_ended(workers, run_id).state == "stopped"


def test_a_run_that_cannot_be_trained_fails_and_the_worker_lives_on(workers, make_spec, tmp_path):
    spec = make_spec()
    pids = workers.worker_pids()
    run = wait_until_ended(workers, workers.submit(type(spec)(str(tmp_path / "nowhere"), spec.split, spec.config)))
    assert run.state == "failed" and "nowhere" in run.history.ended.message
    assert wait_until_ended(workers, workers.submit(spec)).state == "finished"
    assert workers.worker_pids() == pids


def test_a_killed_worker_interrupts_its_run_with_the_reason_and_is_replaced(workers, make_spec):
    run_id, waiting = workers.submit(make_spec(LONG)), workers.submit(make_spec())
    wait_for_epoch(workers, run_id)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    run = wait_until_ended(workers, run_id)
    assert run.state == "interrupted" and "killed" in run.message and "memory" in run.message
    stored = workers.store.get(run_id)
    assert (stored.outcome, stored.message, stored.resumable) == ("interrupted", run.message, True)
    assert len(workers.store.history(run_id).epochs) > 0
    assert wait_until_ended(workers, waiting).state == "finished"


def test_unknown_runs_are_none_and_commands_to_them_take_no_effect(workers):
    assert workers.live("nobody") is None
    workers.send("nobody", Stop())


def test_a_killed_run_resumes_where_it_stood_and_others_come_first(workers, make_spec):
    run_id = workers.submit(make_spec(LONG), "anna")
    wait_for_epoch(workers, run_id)
    other = workers.submit(make_spec(LONG), "ben")
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    n_epochs = len(wait_until_ended(workers, run_id).history.epochs)
    workers.requeue(run_id)
    again = workers.live(run_id)
    assert (again.state, again.place) == ("queued", 1) and len(again.history.epochs) >= n_epochs - 1
    with pytest.raises(StoreError, match="queued already"):
        workers.requeue(run_id)
    assert workers.live(other).state == "running"
    workers.send(other, Stop())
    wait_for_epoch(workers, run_id, after=n_epochs + 1)
    workers.send(run_id, Stop())
    history = wait_until_ended(workers, run_id).history
    assert [epoch.epoch for epoch in history.epochs] == list(range(1, len(history.epochs) + 1))
    assert history == workers.store.history(run_id)


def test_a_stopped_run_goes_on_at_another_rate(workers, make_spec):
    mine = Workspace(workers, new_token())
    run_id = mine.submit(make_spec(LONG))
    wait_for_epoch(workers, run_id)
    mine.send(run_id, Stop())
    begun = epochs_begun(wait_until_ended(workers, run_id).history)
    mine.continue_run(run_id, Phase(2, 0.001))
    history = wait_until_ended(workers, run_id).history
    assert history.ended.outcome == "finished" and len(history.epochs) == begun + 2
    assert [epoch.phase for epoch in history.epochs[-3:]] == [1, 2, 2]
    assert history.epochs[-1].learning_rate == pytest.approx(0.001)
    assert mine.history(run_id) == history and mine.get(run_id).outcome == "finished"


def test_a_paused_run_steps_and_can_be_stopped(workers, make_spec):
    run_id = workers.submit(make_spec(LONG))
    workers.send(run_id, Pause())
    at = wait_until(lambda: (live := workers.live(run_id)).paused and live).history.commands[-1]
    for command, position in ((StepBatch(), at.position + 1 / at.n_batches), (StepEpoch(), at.epoch)):
        workers.send(run_id, command)
        name = command.kind
        wait_until(lambda name=name: workers.live(run_id).history.commands[-1].command == name)
        wait_until(lambda: workers.live(run_id).paused)
        assert workers.live(run_id).history.batches[-1].position == pytest.approx(position)
    workers.send(run_id, Stop())
    run = wait_until_ended(workers, run_id)
    assert (run.state, run.paused) == ("stopped", False)


def test_runs_of_two_owners_take_turns(workers, make_spec):
    first = workers.submit(make_spec(LONG), "dora")
    waiting = [workers.submit(make_spec(1), owner) for owner in ("dora", "dora", "emil", "fritz", "emil")]
    assert [workers.live(run_id).place for run_id in waiting] == [3, 5, 1, 2, 4]
    workers.send(first, Stop())
    for run_id in waiting:
        assert wait_until_ended(workers, run_id).state == "finished"


def test_there_is_a_worker_ahead_where_there_is_room(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=2, data=tiny_data)
    running = workers.submit(make_spec(LONG))
    pids = workers.worker_pids()
    assert set(pids) == {0, 1}
    second = workers.submit(make_spec(LONG))
    assert workers.live(second).state == "running" and workers.worker_pids() == pids
    for run_id in (running, second):
        wait_for_epoch(workers, run_id)
    assert workers.live(workers.submit(make_spec())).place == 1
    workers.close()


def test_closing_leaves_a_checkpoint_and_no_process(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    running, waiting = workers.submit(make_spec(LONG)), workers.submit(make_spec())
    wait_for_epoch(workers, running)
    pid = workers.worker_pids()[0]
    workers.close()
    assert not is_running(pid)
    run = workers.store.get(running)
    assert (run.outcome, run.message, run.has_checkpoint) == ("interrupted", SHUT_DOWN, True)
    assert workers.store.get(waiting).outcome == "interrupted"
    history = workers.store.history(running)
    assert history.batches[-1].position >= history.epochs[-1].epoch and history.commands == []


def test_closing_does_not_wait_for_a_paused_run(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    run_id = workers.submit(make_spec(LONG))
    workers.send(run_id, Pause())
    wait_until(lambda: workers.live(run_id).paused)
    workers.close()
    assert workers.store.get(run_id).message == SHUT_DOWN


def test_a_worker_that_is_asked_to_end_keeps_what_it_has(workers, make_spec):
    """As an operating system that shuts down asks all processes."""
    run_id = workers.submit(make_spec(LONG))
    wait_for_epoch(workers, run_id)
    os.kill(workers.worker_pids()[0], signal.SIGTERM)
    assert wait_until_ended(workers, run_id).state == "interrupted"
    assert workers.store.get(run_id).message == SHUT_DOWN and workers.store.get(run_id).has_checkpoint


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_server_however_it_ends(tmp_path, make_spec, how):
    server = start_server(tmp_path, make_spec(LONG), n_workers=2, n_reports=100, stderr=subprocess.DEVNULL)
    server.process.send_signal(how)
    server.wait()
    assert len(server.worker_pids) == 2
    wait_until(lambda: not any(is_running(pid) for pid in server.worker_pids))
    run = RunStore(tmp_path).get(server.run_id)
    assert (run.outcome, run.message, run.resumable) == ("interrupted", SHUT_DOWN, True) and run.n_epochs_done > 0


def test_two_servers_share_a_store(tmp_path, tiny_data, make_spec):
    server = start_server(tmp_path, make_spec(LONG), n_reports=100)
    theirs = server.run_id
    workers = WorkerPool(tmp_path, n_workers=1, data=tiny_data)
    ours = workers.submit(make_spec(3))
    assert wait_until_ended(workers, ours).state == "finished"
    assert workers.live(theirs) is None and workers.store.get(theirs).outcome == "running"
    with pytest.raises(StoreError, match="running already"):
        workers.requeue(theirs)
    server.process.kill()
    server.wait()
    wait_until(lambda: workers.store.get(theirs).resumable)
    n_epochs = workers.store.get(theirs).n_epochs_done
    workers.requeue(theirs)
    wait_for_epoch(workers, theirs, after=n_epochs)
    workers.close()


def test_what_libraries_print_does_not_get_between_the_events(tmp_path, monkeypatch):
    monkeypatch.setenv("CF_LAB_RUNS", str(tmp_path))
    code = """
import os, sys
from cf_core.runs.workers import worker
def run(self):
    print("noise")
    os.write(1, b"more noise")
    self.report({"ready": True})
worker.Worker.run = run
sys.argv = ["worker", "--data", "nowhere"]
worker.main()
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert said.stdout == '{"ready": true}\n'
    assert "noise" in said.stderr and "more noise" in said.stderr


def test_there_is_one_pool_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CF_LAB_WORKERS", "3")
    first = pool("runs")
    assert first is pool(tmp_path / "runs")
    assert first.n_workers == 3
    reset_pools()
    assert pool("runs", n_workers=0) is not first
    assert pool("runs").n_workers == 0
    reset_pools()


def test_a_pool_without_workers_accepts_runs_and_starts_none(tmp_path, make_spec):
    workers = WorkerPool(tmp_path, n_workers=0)
    run_id = workers.submit(make_spec())
    workers.warm()
    assert (workers.live(run_id).state, workers.live(run_id).place) == ("queued", 1)
    assert (workers.worker_pids(), workers.n_ready) == ({}, 0)
    workers.close()
    assert workers.store.get(run_id).outcome == "interrupted"


def test_an_error_in_the_pool_interrupts_the_run_and_the_queue_goes_on(workers, make_spec, monkeypatch):
    def fail(job, event):
        raise RuntimeError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(Job, "apply", fail)
        run_id, waiting = workers.submit(make_spec(LONG)), workers.submit(make_spec())
        run = wait_until_ended(workers, run_id)
    assert run.state == "interrupted" and "RuntimeError: a defect" in run.message
    stored = workers.store.get(run_id)
    assert (stored.outcome, stored.message) == ("interrupted", run.message)
    assert wait_until_ended(workers, waiting).state == "finished"
