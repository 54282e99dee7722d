"""Both ends of the pipe between the server and a worker: whatever goes wrong there ends the worker, with a reason."""

import json
import os
import queue
import subprocess
import sys
from pathlib import Path

import pytest

from cf_core.environment import PROJECT
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.process import WorkerProcess
from cf_core.runs.workers.slots import Slot
from tests.waiting import is_running

EVENT = json.dumps({"run_id": "tiny-000000", "event": "fit_ended", "outcome": "finished", "epoch": 1, "seconds": 1.0})
SAY_AND_SLEEP = "import time; print({line!r}, flush=True); time.sleep(600)"


@pytest.fixture
def follow(tmp_path):
    """`follow(line, on_event)` follows a process that prints that line and then sleeps; why it ended, and its id."""

    def start(line, on_event=lambda *_: None):
        (tmp_path / "sitecustomize.py").write_text(SAY_AND_SLEEP.format(line=line))
        reasons = queue.SimpleQueue()
        slot = Slot(0, {"PYTHONPATH": str(tmp_path)})
        place = StoreAddress.of(tmp_path)
        worker = WorkerProcess(place, tmp_path, slot, on_event, lambda _, reason: reasons.put(reason))
        try:
            return reasons.get(timeout=20), worker.pid
        finally:
            worker.process.kill()

    return start


@pytest.mark.parametrize(
    "line",
    ["no JSON", "[]", "{}", '{"run_id": "tiny-000000"}', '{"run_id": "tiny-000000", "event": "tea_time"}'],
)
def test_a_worker_that_cannot_be_understood_is_killed(follow, line):
    reason, pid = follow(line)
    assert reason.startswith("The server lost track of its worker (") and "Resume it" in reason
    assert not is_running(pid)


def test_a_worker_whose_event_the_server_cannot_handle_is_killed(follow):
    def fail(worker, run_id, event):
        raise RuntimeError(f"no room for {run_id}")

    reason, pid = follow(EVENT, fail)
    assert "RuntimeError: no room for tiny-000000" in reason
    assert not is_running(pid)


def test_threads_of_a_worker_sleep_while_they_wait_unless_the_server_was_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    worker = WorkerProcess(StoreAddress.of(tmp_path), tmp_path, Slot(0, {}), lambda *_: None, lambda *_: None)
    try:
        given = Path(f"/proc/{worker.pid}/environ").read_text().split("\0")
    finally:
        worker.process.kill()
    assert {"OMP_WAIT_POLICY=PASSIVE", f"MALLOC_TRIM_THRESHOLD_={2**27}", "MALLOC_ARENA_MAX=4"} <= set(given)


@pytest.mark.parametrize("line", ["no JSON", "5", '"train"'])
def test_a_worker_exits_where_it_cannot_understand_the_server(tmp_path, line):
    """Otherwise it would not notice the server's end either, and live on without one."""
    command = [sys.executable, "-m", "cf_core.runs.workers.worker", "--data", "nowhere"]
    environment = os.environ | StoreAddress.of(tmp_path).environment
    worker = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        worker.stdin.write(line + "\n")
        worker.stdin.flush()
        assert worker.wait(timeout=60) == 1
        assert "Traceback" in worker.stderr.read()
    finally:
        worker.kill()
        worker.wait(timeout=60)
        worker.stdin.close()
        worker.stderr.close()
