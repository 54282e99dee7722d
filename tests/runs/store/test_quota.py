"""The room on the disk: a quota for each owner and each address, deleted runs that make room, and the purge while a
server runs."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from cf_core.errors import DiskQuotaError, UnknownRunError
from cf_core.runs.limits import Limits
from cf_core.runs.store.room import DAYS_TO_UNDO
from cf_core.runs.visitor import UNKNOWN, Visitor
from cf_core.runs.workers import pool as pool_module
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.events import FitEnded
from tests.waiting import wait_until

MB = 10**6
NOTHING_FREE = 1
CLASS = Visitor("203.0.113.9", "")


@pytest.fixture
def workers(tmp_path):
    workers = WorkerPool(tmp_path, n_workers=0, limits=Limits(quota=3 * MB, free=NOTHING_FREE))
    yield workers
    workers.close()


@pytest.fixture
def ended(workers, make_spec):
    """`ended(owner, visitor)`: the id of a run that has ended and takes 1 MB."""

    def make(owner, visitor=UNKNOWN):
        run_id = workers.store.create(make_spec(), owner, address=visitor.address).run_id
        workers.store.finish(run_id, FitEnded("stopped", 0, 0.0, ""), None)
        (workers.store.folder / run_id / "snapshots").mkdir(parents=True)
        (workers.store.folder / run_id / "snapshots" / "000.safetensors").write_bytes(bytes(MB))
        return run_id

    return make


def test_an_owner_has_a_quota(workers, ended, make_spec):
    ids = [ended("anna") for _ in range(3)]
    for ask in (lambda: workers.submit(make_spec(), "anna"), lambda: workers.requeue(ids[0])):
        with pytest.raises(DiskQuotaError, match=r"take 3 MB, .* keeps 3 MB .*Delete some"):
            ask()
    assert len(workers.store.runs("anna")) == 3
    assert workers.submit(make_spec(), "ben")
    workers.store.delete(ids[0])
    assert workers.submit(make_spec(), "anna")


def test_deleted_runs_make_room_the_oldest_first_and_only_as_many_as_needed(workers, ended, make_spec):
    ids = [ended("anna") for _ in range(4)]
    for run_id in (ids[2], ids[0], ids[1]):
        workers.store.delete(run_id)
    workers.submit(make_spec(), "anna")
    left = [run.run_id for run in workers.store.runs("anna", deleted=True)]
    assert left == [ids[1]]
    assert not (workers.store.folder / ids[0]).exists() and (workers.store.folder / ids[1]).exists()
    workers.store.restore(ids[1])
    assert workers.store.get(ids[1]).deleted is None
    with pytest.raises(UnknownRunError):
        workers.store.restore(ids[2])


def test_what_is_deleted_stays_while_there_is_room(workers, ended, make_spec):
    deleted = ended("anna")
    workers.store.delete(deleted)
    workers.submit(make_spec(), "anna")
    workers.store.restore(deleted)
    assert workers.store.files.size(deleted) == MB


def test_an_address_has_a_quota_over_all_workspaces(workers, ended, make_spec):
    workers.limits = Limits(address_quota=5 * MB, free=NOTHING_FREE)
    ids = [ended(f"workspace {number}", CLASS) for number in range(5)]
    for ask in (
        lambda: workers.submit(make_spec(), "workspace 5", visitor=CLASS),
        lambda: workers.requeue(ids[0], visitor=CLASS),
    ):
        with pytest.raises(DiskQuotaError, match=r"your network take 5 MB, .* keeps 5 MB for each network.*Delete"):
            ask()
    assert not workers.store.runs("workspace 5")
    assert workers.submit(make_spec(), "workspace 0", visitor=Visitor("198.51.100.1", ""))


def test_deleted_runs_count_for_an_address_until_they_make_room(workers, ended, make_spec):
    workers.limits = Limits(address_quota=3 * MB, free=NOTHING_FREE)
    ids = [ended(f"workspace {number}", CLASS) for number in range(4)]
    elsewhere = ended("workspace 0", Visitor("198.51.100.1", ""))
    for run_id in (elsewhere, ids[2], ids[0], ids[1]):
        workers.store.delete(run_id)
    assert workers.submit(make_spec(), "workspace 4", visitor=CLASS)
    left = {run.run_id for run in workers.store.runs(deleted=True)}
    assert left == {elsewhere, ids[1]}


def test_a_class_behind_one_address_is_untouched_within_the_limits(workers, ended, make_spec):
    workers.limits = Limits(quota=3 * MB, address_quota=41 * MB, free=NOTHING_FREE)
    for student in range(20):
        ended(f"student {student}", CLASS)
        workers.store.delete(ended(f"student {student}", CLASS))
    assert all(workers.submit(make_spec(), f"student {student}", visitor=CLASS) for student in range(20))
    assert len(workers.store.runs(deleted=True)) == 20


def test_visitors_whose_address_is_not_known_do_not_count_together(workers, ended, make_spec):
    workers.limits = Limits(address_quota=1 * MB, free=NOTHING_FREE)
    for number in range(3):
        ended(f"workspace {number}")
    assert workers.submit(make_spec(), "workspace 3")


def test_the_quota_of_an_address_outlives_a_new_token_and_a_restart(workers, ended, make_spec):
    ended("workspace", CLASS)
    workers.change_owner("workspace", "renamed")
    again = WorkerPool(workers.store.folder, n_workers=0, limits=Limits(address_quota=1 * MB, free=NOTHING_FREE))
    with pytest.raises(DiskQuotaError, match="your network take 1 MB"):
        again.submit(make_spec(), "another", visitor=CLASS)
    again.close()


def test_no_address_is_in_the_store_or_the_log(workers, ended, make_spec, caplog):
    workers.limits = Limits(address_quota=1 * MB, free=NOTHING_FREE)
    with caplog.at_level("DEBUG"):
        workers.submit(make_spec(), "anna", visitor=CLASS)
        ended("anna", CLASS)
        with pytest.raises(DiskQuotaError):
            workers.submit(make_spec(), "anna", visitor=CLASS)
    assert "run queued" in caplog.text and "run refused" in caplog.text and CLASS.address not in caplog.text
    files = [path.read_bytes() for path in workers.store.folder.rglob("*") if path.is_file()]
    assert any(b"anna" in file for file in files)
    assert not any(CLASS.address.encode() in file for file in files)


def test_a_disk_that_is_nearly_full_takes_no_more_runs(workers, make_spec, monkeypatch):
    usage = shutil.disk_usage(workers.store.folder)._replace(free=400 * MB)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    workers.limits = Limits(free=500 * MB)
    with pytest.raises(DiskQuotaError, match=r"400 MB are left, and 500 MB have to stay free"):
        workers.submit(make_spec(), "anna")
    workers.limits = Limits(free=400 * MB)
    assert workers.submit(make_spec(), "anna")


def test_old_deleted_runs_are_removed_while_the_server_runs(tmp_path, make_spec, monkeypatch):
    monkeypatch.setattr(pool_module, "PURGE_SECONDS", 0.05)
    workers = WorkerPool(tmp_path, n_workers=0)
    run_id = workers.store.create(make_spec(), "anna").run_id
    workers.store.finish(run_id, FitEnded("stopped", 0, 0.0, ""), None)
    long_ago = datetime.now(UTC) - timedelta(days=DAYS_TO_UNDO, seconds=1)
    workers.store._update(run_id, {"deleted": long_ago.isoformat()})
    wait_until(lambda: not workers.store.runs("anna", deleted=True))
    workers.close()


def test_the_quota_is_a_setting(monkeypatch):
    monkeypatch.setenv("CF_LAB_QUOTA_MB", "7")
    monkeypatch.setenv("CF_LAB_ADDRESS_QUOTA_MB", "9")
    monkeypatch.setenv("CF_LAB_FREE_MB", "8")
    limits = Limits.from_env()
    assert (limits.quota, limits.address_quota, limits.free) == (7 * MB, 9 * MB, 8 * MB)
