"""What sweeps survive: the death of workers and servers, data that vanish or change, a full disk."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import DiskQuotaError, StoreError
from cf_core.runs.limits import Limits
from cf_core.runs.run_sweep import run_sweep
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.sweep_book import SweepBook
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.sweeps.spec import SweepSpec
from tests.runs.workers.sweeping import (
    LONG,
    PATIENCE,
    SPACE,
    by_command,
    slow,
    wait_for_live_trial,
    wait_for_trials,
    wait_until_over,
    without_seconds,
)
from tests.tiny import write_tiny_data
from tests.waiting import is_running, wait_until


def test_a_trial_whose_worker_is_killed_is_trained_again(anna, workers, make_spec, tmp_path):
    base, spec = slow(make_spec), SweepSpec(SPACE, n_trials=4)
    sweep_id = anna.sweeps.start(base, spec)
    killed = wait_for_live_trial(anna, sweep_id, after=0)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    over = wait_until_over(anna, sweep_id)
    assert over.runs[killed.spec.sweep.number].run_id == killed.run_id
    assert (without_seconds(over.trials), over.winner.rmse) == by_command(tmp_path, base, spec)


def test_a_trial_that_kills_its_worker_again_and_again_fails(anna, workers, make_spec, monkeypatch):
    monkeypatch.setattr("cf_core.runs.workers.sweep_steps.MOST_DEATHS", 1)
    sweep_id = anna.sweeps.start(make_spec(LONG), SweepSpec(SPACE, n_trials=1))
    for _ in range(2):
        wait_until(lambda: wait_for_live_trial(anna, sweep_id, after=-1) and workers.n_ready)
        pid = workers.worker_pids()[0]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: not is_running(pid) and pid not in workers.worker_pids().values())
    over = wait_until_over(anna, sweep_id)
    assert (over.state, over.runs[0].outcome) == ("without winner", "failed")
    assert "cut off 2 times" in over.runs[0].message and "SIGKILL" in over.runs[0].message


SERVER = """
import sys, time
from cf_core.runs.spec import RunSpec
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace
from cf_core.sweeps.spec import SweepSpec
import json
folder, token, base, spec, paused = sys.argv[1:]
base = RunSpec.from_json(json.loads(base))
workers = WorkerPool(folder, 1, data=base.data)
mine = Workspace(workers, token)
sweep_id = mine.sweeps.start(base, SweepSpec.from_json(json.loads(spec)))
while not (len((now := mine.sweeps.progress(sweep_id)).trials) >= 3 and any(now.live.values())):
    time.sleep(0.001)
if paused == "True":
    mine.sweeps.pause(sweep_id)
print(sweep_id, *workers.worker_pids().values(), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("paused", [False, True])
def test_a_sweep_whose_server_is_killed_goes_on_by_itself_to_the_same_winner(tmp_path, make_spec, paused):
    base, spec, token = slow(make_spec), SweepSpec(SPACE, n_trials=6), new_token()
    given = [str(tmp_path / "runs"), token, json.dumps(base.to_json()), json.dumps(spec.to_json()), str(paused)]
    server = subprocess.Popen([sys.executable, "-c", SERVER, *given], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    sweep_id, pid = server.stdout.readline().split()
    server.kill()
    server.wait()
    server.stdout.close()
    store = RunStore(tmp_path / "runs")
    before = SweepBook(store, store.sweeps.get(sweep_id)).read()
    assert len(before.trials) >= 3
    workers = WorkerPool(tmp_path / "runs", 1, data=base.data)
    mine = Workspace(workers, token)
    if paused:
        now = wait_until(lambda: (now := mine.sweeps.progress(sweep_id)).state == "paused" and now, PATIENCE, 0.05)
        assert len(now.runs) == len(before.runs)
        wait_until(lambda: not is_running(int(pid)))
        mine.sweeps.go_on(sweep_id)
    over = wait_until_over(mine, sweep_id)
    assert over.trials[: len(before.trials)] == before.trials
    assert [run.run_id for run in over.runs][: len(before.runs)] == [run.run_id for run in before.runs]
    assert (without_seconds(over.trials), over.winner.rmse) == by_command(tmp_path / "other", base, spec)
    workers.close()


def test_a_sweep_goes_on_after_the_server_was_closed_while_the_winner_trained(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path, 1, data=tiny_data)
    anna = Workspace(workers, new_token())
    sweep_id = anna.sweeps.start(slow(make_spec, 6), SweepSpec(SPACE, n_trials=1))
    winner = wait_until(lambda: anna.sweeps.progress(sweep_id).winner)
    assert anna.sweeps.progress(sweep_id).state == "training the winner"
    workers.close()
    assert RunStore(tmp_path).get(winner.run_id).outcome == "interrupted"
    workers = WorkerPool(tmp_path, 1, data=tiny_data)
    over = wait_until_over(Workspace(workers, anna._token), sweep_id)
    assert (over.state, over.winner.run_id, over.winner.n_epochs_done) == ("ended", winner.run_id, 6)
    workers.close()


def test_data_that_vanish_pause_the_sweep_with_the_reason(tmp_path, workers, anna, make_spec):
    data = write_tiny_data(tmp_path / "data", n_items=40)
    sweep_id = anna.sweeps.start(replace(slow(make_spec), data=str(data)), SweepSpec(SPACE, n_trials=6))
    wait_for_live_trial(anna, sweep_id, after=0)
    shutil.move(data, tmp_path / "elsewhere")
    os.kill(workers.worker_pids()[0], signal.SIGKILL)  # it has read them
    paused = wait_until(lambda: (now := anna.sweeps.progress(sweep_id)).state == "paused" and now, PATIENCE, 0.05)
    assert str(data) in paused.message
    n_ended = len(paused.trials)
    assert {trial.state for trial in paused.trials} == {"finished"}
    shutil.move(tmp_path / "elsewhere", data)
    anna.sweeps.go_on(sweep_id)
    over = wait_until_over(anna, sweep_id)
    assert (over.state, over.message, len(over.trials)) == ("ended", "", 6) and over.trials[:n_ended] == paused.trials


def test_other_data_than_at_the_start_pause_the_sweep(tmp_path, workers, anna, make_spec):
    data = write_tiny_data(tmp_path / "data", n_items=40)
    sweep_id = anna.sweeps.start(replace(slow(make_spec), data=str(data)), SweepSpec(SPACE, n_trials=4))
    wait_for_live_trial(anna, sweep_id, after=0)
    write_tiny_data(data, n_items=30)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    paused = wait_until(lambda: (now := anna.sweeps.progress(sweep_id)).state == "paused" and now, PATIENCE, 0.05)
    assert "changed since the first trial" in paused.message and len(paused.trials) < len(paused.runs)
    write_tiny_data(data, n_items=40)
    os.kill(workers.worker_pids()[0], signal.SIGKILL)
    anna.sweeps.go_on(sweep_id)
    over = wait_until_over(anna, sweep_id)
    assert len(over.trials) == 4 and len({run.fingerprint for run in over.runs}) == 1


def test_a_full_disk_pauses_the_sweep_and_holds_the_winner_back(workers, anna, make_spec, monkeypatch):
    monkeypatch.setattr("cf_core.runs.workers.sweep_steps.DISK_SECONDS", 0.1)
    sweep_id = anna.sweeps.start(slow(make_spec), SweepSpec(SPACE, n_trials=4))
    wait_for_trials(anna, sweep_id, 1)
    workers.limits = Limits(free=2**62)
    paused = wait_until(lambda: (now := anna.sweeps.progress(sweep_id)).state == "paused" and now, PATIENCE, 0.05)
    assert "disk is nearly full" in paused.message
    with pytest.raises(DiskQuotaError):
        anna.sweeps.go_on(sweep_id)
    anna.sweeps.stop(sweep_id)
    wait_until(lambda: "winner waits for room" in anna.sweeps.progress(sweep_id).message)
    workers.limits = Limits()
    over = wait_until_over(anna, sweep_id)
    assert (over.state, over.message) == ("ended", "")


def test_a_sweep_of_another_living_server_is_left_to_it(tmp_path, tiny_data, make_spec):
    store, token = RunStore(tmp_path), new_token()
    code = f"""
import sys
from cf_core.runs.store.run_store import RunStore
store = RunStore({str(tmp_path)!r})
assert store.sweeps.claim(sys.argv[1])
print("mine", flush=True)
sys.stdin.read()
"""
    sweep_id = store.sweeps.create(make_spec(), SweepSpec(SPACE, n_trials=2), token).sweep_id
    command = [sys.executable, "-c", code, sweep_id]
    other = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "mine\n"
    assert not store.sweeps.claim(sweep_id)
    with pytest.raises(StoreError, match="in another process"):
        next(run_sweep(store, sweep_id))
    workers = WorkerPool(tmp_path, 1, data=tiny_data)
    mine = Workspace(workers, token)
    assert mine.sweeps.progress(sweep_id).runs == []
    other.communicate("")
    assert wait_until_over(mine, sweep_id).state == "ended"
    workers.close()
