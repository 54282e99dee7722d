"""Full disks and folders that vanish under a run: what was there is kept, and the error says where and what to do.

The disk is full in earnest: for a process of its own that may write no longer files, and on a file system of a megabyte
where one can be mounted.
"""

import json
import shutil
import subprocess
import sys

import pytest

from cf_core.environment import PROJECT
from cf_core.errors import StoreError
from cf_core.runs.execute import execute
from cf_core.runs.limits import Limits
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.events import EpochEnded
from tests.runs.same_numbers import differences, numbers_of
from tests.waiting import wait_for_epoch, wait_until, wait_until_ended

FULL = """
import json, resource, sys
from cf_core.errors import StoreError
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.run_store import RunStore
from cf_core.training.events import EpochEnded
store = RunStore(sys.argv[1])
run_id = store.create(RunSpec.from_json(json.loads(sys.argv[2]))).run_id
try:
    for event in execute(store, run_id):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
except StoreError as error:
    print(json.dumps([run_id, str(error), len(store.runs())]))
"""


def train(store, run_id):
    for _ in execute(store, run_id):
        pass
    return numbers_of(store, run_id)


def test_a_disk_that_fills_up_costs_the_epoch_under_way(store, make_spec):
    left_alone = store.create(make_spec(5)).run_id
    expected = train(store, left_alone)
    command = [sys.executable, "-c", FULL, str(store.folder), json.dumps(make_spec(5).to_json())]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    run_id, error, n_listed = json.loads(said.stdout)
    assert str(store.folder) in error and ("Make room" in error or "disk" in error)
    assert n_listed == 2, "the list opens on a full disk"
    run = store.get(run_id)
    assert (run.outcome, run.n_epochs_done, run.resumable) == ("interrupted", 2, True)
    assert numbers_of(store, left_alone) == expected
    store.requeue(run_id)
    assert differences(train(store, run_id), expected) == []


@pytest.fixture
def place(tmp_path):
    return StoreAddress.of(tmp_path / "runs")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a megabyte."""
    (tmp_path / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path / "disk")]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, timeout=60).returncode:
        pytest.skip("mounting is not allowed here")
    yield tmp_path / "disk"
    subprocess.run(["umount", "-l", str(tmp_path / "disk")], check=True, timeout=60)


def test_a_worker_on_a_full_disk_says_so_and_the_run_resumes_once_there_is_room(small_disk, tiny_data, make_spec):
    workers = WorkerPool(small_disk / "runs", n_workers=1, data=tiny_data, limits=Limits(free=1))
    whole, run_id = (workers.submit(make_spec(n_epochs)) for n_epochs in (1, 1000))
    assert wait_until_ended(workers, whole).state == "finished"
    wait_for_epoch(workers, run_id)
    ballast = small_disk / "ballast"
    fill(ballast)
    full = wait_until_ended(workers, run_id)
    assert full.state in ("failed", "interrupted") and str(small_disk) in full.message and "Make room" in full.message
    assert workers.store.factors(whole).recipe == "tiny"
    assert {run.run_id for run in workers.store.runs()} == {whole, run_id}
    ballast.unlink()
    wait_until(lambda: workers.store.get(run_id).resumable)
    n_epochs = workers.store.get(run_id).n_epochs_done
    workers.requeue(run_id)
    wait_for_epoch(workers, run_id, after=n_epochs)
    workers.close()


def fill(ballast):
    """Write until the disk is full."""
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"\x00" * size)
            except OSError:
                pass


def test_a_folder_that_vanishes_under_a_run_can_be_put_back(tmp_path, tiny_data, make_spec):
    workers = WorkerPool(tmp_path / "runs", n_workers=1, data=tiny_data)
    run_id = workers.submit(make_spec(1000))
    wait_for_epoch(workers, run_id)
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    gone = wait_until_ended(workers, run_id)
    assert gone.state == "failed" and str(tmp_path / "runs") in gone.message and "Put the folder back" in gone.message
    with pytest.raises(StoreError, match="Put the folder back"):
        workers.store.runs()
    (tmp_path / "elsewhere").rename(tmp_path / "runs")
    wait_until(lambda: workers.store.get(run_id).resumable)
    n_epochs = workers.store.get(run_id).n_epochs_done
    assert n_epochs > 0
    workers.requeue(run_id)
    wait_for_epoch(workers, run_id, after=n_epochs)
    workers.close()


def test_a_run_folder_that_cannot_be_written_is_named(store, make_spec):
    run_id = store.create(make_spec()).run_id
    (store.folder / run_id).write_text("in the way")
    with pytest.raises(StoreError, match=rf"{run_id}: could not be written.*Make room"):
        next(event for event in execute(store, run_id) if isinstance(event, EpochEnded))
    run = store.get(run_id)
    assert run.outcome == "failed" and run_id in run.message and run.n_epochs_done == 0
    (store.folder / run_id).unlink()
    store.requeue(run_id)
    train(store, run_id)
    assert store.get(run_id).outcome == "finished"
