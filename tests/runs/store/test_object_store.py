"""A store with its files in an object store: whole, the same numbers, few requests, and a server that goes away."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from s3fs import S3FileSystem

from cf_core.data.reading import read_ratings
from cf_core.environment import PROJECT
from cf_core.errors import MissingFileError, StoreError
from cf_core.remote import remote_files as remote_files_module
from cf_core.remote.copies import Copies
from cf_core.remote.object_store import ObjectStore, Patience
from cf_core.remote.remote_files import RemoteFiles
from cf_core.runs.execute import execute
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.data_sets import OwnDataSets
from cf_core.runs.store.room import DAYS_TO_UNDO
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.pool import WorkerPool
from cf_core.training.events import EpochEnded
from cf_core.words import MOVIES
from tests.object_store import BUCKET, CREDENTIALS
from tests.runs.same_numbers import differences, numbers_of
from tests.tiny import write_tiny_data
from tests.waiting import wait_until_ended

KILLED = """
import json, sys
from cf_core.runs.execute import execute
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.run_store import RunStore
for event in execute(RunStore(StoreAddress(sys.argv[1], sys.argv[2])), sys.argv[3]):
    print(event.kind, flush=True)
"""
BRIEF = Patience(reading=0, writing=0)


@pytest.fixture
def url(object_store):
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture
def remote(url, tmp_path):
    """A store whose records are in a folder, and its files in an object store."""
    return RunStore(StoreAddress(str(tmp_path / "remote"), url))


@pytest.fixture
def requests(monkeypatch):
    """The names of the requests that the object store is sent."""
    sent, call = [], S3FileSystem._call_s3

    async def counted(self, method, *args, **kwargs):
        sent.append(method)
        return await call(self, method, *args, **kwargs)

    monkeypatch.setattr(S3FileSystem, "_call_s3", counted)
    return sent


def put(files, name, content):
    with files.replacing(name) as path:
        path.write_bytes(content)


def get(files, name):
    with files.reading(name) as path:
        return path.read_bytes()


def train(store, run_id):
    for _ in execute(store, run_id):
        pass
    return numbers_of(store, run_id)


def test_a_training_has_the_numbers_that_it_has_in_a_folder_also_when_it_was_killed(tmp_path, remote, make_spec):
    store = RunStore(tmp_path / "runs")
    expected = train(store, store.create(make_spec(4)).run_id)
    run_id = remote.create(make_spec(4)).run_id
    command = [sys.executable, "-c", KILLED, remote.address.runs, remote.address.files, run_id]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.strip() == EpochEnded.kind)
        process.send_signal(signal.SIGKILL)
    run = remote.get(run_id)
    assert (run.outcome, run.has_checkpoint) == ("interrupted", True)
    remote.requeue(run_id)
    assert differences(train(remote, run_id), expected) == []
    assert remote.files.snapshot_epochs(run_id) == [0, 1, 2, 3, 4]
    assert [one.epoch for one in remote.files.snapshots(run_id)] == [0, 1, 2, 3, 4]


def test_a_worker_process_finds_records_and_files_where_they_are(postgres_url, url, tiny_data, make_spec):
    workers = WorkerPool(StoreAddress.of(postgres_url, url), n_workers=1, data=tiny_data)
    try:
        run_id = workers.submit(make_spec(2))
        assert wait_until_ended(workers, run_id).state == "finished"
        assert workers.store.files.snapshot_epochs(run_id) == [0, 1, 2] and workers.store.get(run_id).has_checkpoint
        assert workers.store.factors(run_id).recipe == "tiny" and workers.store.room.make("", 10**9) > 0
        workers.store.delete(run_id)
        workers.store.room.purge(datetime.now(UTC) + timedelta(days=DAYS_TO_UNDO + 1))
        assert workers.store.files.store.names(run_id) == []
    finally:
        workers.close()
        workers.store.close()


def test_a_training_outlives_a_store_that_is_away(remote, make_spec, object_store):
    run_id, back = remote.create(make_spec(4)).run_id, []
    for event in execute(remote, run_id):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            object_store.stop()
            back.append(threading.Timer(1.5, object_store.start))
            back[0].start()
    back[0].join()
    assert remote.get(run_id).outcome == "finished" and remote.factors(run_id).recipe == "tiny"


def test_one_that_stays_away_ends_the_run_in_words_and_it_resumes_later(tmp_path, url, make_spec, object_store):
    store = RunStore(StoreAddress(str(tmp_path / "remote"), url))
    files = RemoteFiles(url, ObjectStore(url, BRIEF))
    store.files.store = files
    run_id = store.create(make_spec(4)).run_id
    with pytest.raises(StoreError, match="has not answered for"):
        for event in execute(store, run_id):
            if isinstance(event, EpochEnded) and event.epoch == 2:
                object_store.stop()
    object_store.start()
    run = store.get(run_id)
    assert run.outcome in ("failed", "interrupted") and run.resumable and "Check that it runs" in run.message
    store.requeue(run_id)
    assert len(train(store, run_id)) > 0 and store.get(run_id).outcome == "finished"


def test_waits_grow_and_end(url, object_store):
    now, waits = [0.0], []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    asked = ObjectStore(url, Patience(reading=10, writing=60), sleep, lambda: now[0])

    def away(system):
        raise ConnectionError

    with pytest.raises(StoreError, match="has not answered for"):
        asked.write(away)
    assert waits == sorted(waits) and 50 < sum(waits) <= 60 and max(waits) == 8
    waits.clear()
    with pytest.raises(StoreError):
        asked.read(away)
    assert 5 < sum(waits) <= 10


@pytest.mark.parametrize("is_answer_lost", [False, True])
def test_an_upload_that_breaks_at_any_step_leaves_a_whole_file(url, object_store, monkeypatch, is_answer_lost):
    monkeypatch.setattr(remote_files_module, "PART_BYTES", 5 * 2**20)
    old, new = b"old", bytes(11 * 2**20)
    files, patient = RemoteFiles(url, ObjectStore(url, BRIEF)), RemoteFiles(url)
    call, calls, breaks_at = S3FileSystem._call_s3, [], [0]

    async def broken(self, method, *args, **kwargs):
        if method not in ("create_multipart_upload", "upload_part", "complete_multipart_upload"):
            return await call(self, method, *args, **kwargs)
        calls.append(method)
        breaks = len(calls) == breaks_at[0]
        if breaks and not is_answer_lost:
            raise ConnectionResetError
        answer = await call(self, method, *args, **kwargs)
        if breaks:
            raise ConnectionResetError
        return answer

    monkeypatch.setattr(S3FileSystem, "_call_s3", broken)
    for step in range(1, 6):
        put(files, "one", old)
        calls.clear()
        breaks_at[0] = step
        with pytest.raises(StoreError, match="what was stored before is whole"):
            put(files, "one", new)
        assert get(files, "one") == (new if is_answer_lost and step == 5 else old), calls
    breaks_at[0] = 3
    calls.clear()
    put(patient, "one", new)
    assert get(files, "one") == new
    left = S3FileSystem(skip_instance_cache=True).call_s3("list_multipart_uploads", Bucket=BUCKET)
    assert not [one for one in left.get("Uploads", []) if one["Key"].startswith(url.split("/")[3])]


def test_a_large_file_that_is_replaced_while_it_is_fetched_is_fetched_again(url, object_store, monkeypatch):
    monkeypatch.setattr(remote_files_module, "PART_BYTES", 1_000)
    files, download, writes = RemoteFiles(url), RemoteFiles._download, [b"2" * 1_500]
    put(files, "one", b"1" * 1_500)

    def replaced_meanwhile(self, name, info, path):
        download(self, name, info, path)
        if writes:
            time.sleep(1)  # a store tells the time of a change to the second
            put(files, "one", writes.pop())
            path.write_bytes(b"1" * 1_000 + b"2" * 500)

    monkeypatch.setattr(RemoteFiles, "_download", replaced_meanwhile)
    assert get(files, "one") == b"2" * 1_500


def test_what_does_not_change_is_fetched_once_and_told_without_asking(remote, make_spec, requests):
    run_id = remote.create(make_spec(2)).run_id
    train(remote, run_id)
    remote.get(run_id)
    remote.files.snapshots(run_id)
    remote.files.size(run_id)
    requests.clear()
    for _ in range(5):
        assert remote.get(run_id).has_checkpoint and len(remote.runs()) == 1
        assert remote.files.size(run_id) > 0
    assert requests == []
    assert len(remote.files.snapshots(run_id)) == 3
    assert requests == ["list_objects_v2"] or not requests  # a listing goes by pages


def test_a_data_set_of_a_workspace_is_found_by_other_servers(remote, make_spec, tmp_path, monkeypatch, requests):
    def write(folder):
        write_tiny_data(folder, n_items=40)
        return MOVIES

    own = OwnDataSets(remote.data_sets, "a" * 32, "", lambda n_bytes: None)
    added = own.add("Mine", write)
    assert added.folder == remote.files.store.place(f"data/{added.data_id}")
    assert remote.data_sets.at(added.folder) == added and [*remote.data_sets.incoming.iterdir()] == []
    monkeypatch.setenv("CF_LAB_CACHE", str(tmp_path / "another machine"))
    remote_files_module.remote_files.cache_clear()
    ratings = read_ratings(added.folder)
    assert (ratings.n_ratings, ratings.name) == (added.n_ratings, "Mine")
    requests.clear()
    assert read_ratings(added.folder).fingerprint == ratings.fingerprint and requests == []
    spec = make_spec(1)
    run_id = remote.create(RunSpec(added.folder, spec.split, spec.config, "cpu")).run_id
    train(remote, run_id)
    assert remote.get(run_id).spec.data == added.folder
    own.delete(added.data_id)
    remote.data_sets.remove_deleted(added.data_id)
    assert remote.files.store.names("data") == []


def test_a_data_set_that_is_not_whole_is_not_read(url, object_store):
    put(RemoteFiles(url), "data/one/ratings.csv", b"userId,movieId,rating,timestamp\n1,1,3,1\n")
    with pytest.raises(MissingFileError, match="is not there"):
        read_ratings(f"{url}/data/one")


def test_errors_and_logs_hold_no_credentials(url, object_store, monkeypatch, caplog):
    secrets = [CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"]]

    def refuse(error):
        def ask(system):
            raise error

        asked = ObjectStore(url, BRIEF)
        with pytest.raises(StoreError) as refused:
            asked.write(ask)
        return str(refused.value)

    for error in (PermissionError(" ".join(secrets)), ConnectionError(secrets[1]), OSError(22, secrets[0])):
        said = refuse(error) + caplog.text
        assert not [secret for secret in secrets if secret in said] and url in said
    assert "credentials" in refuse(PermissionError())


def test_a_bucket_that_is_missing_is_named(object_store, tmp_path):
    url = "s3://there-is-none/files"
    with pytest.raises(StoreError, match="there is no such bucket"):
        put(RemoteFiles(url), "one", b"1")
    with pytest.raises(StoreError, match="there is no such bucket"):
        RunStore(StoreAddress(str(tmp_path / "runs"), url)).check()


def test_refused_credentials_are_said_at_the_start_and_in_the_middle(remote, make_spec, object_store):
    """Each ends a run at once, with the reason; nobody waits for what waiting does not mend."""
    words = "the store refuses the credentials.*Check AWS_ACCESS_KEY_ID"
    begun, events = remote.create(make_spec(n_epochs=2)).run_id, []
    with pytest.raises(StoreError, match=words), contextlib.ExitStack() as stack:
        for event in execute(remote, begun):
            events.append(event)
            if isinstance(event, EpochEnded):
                stack.enter_context(object_store.refusing())
    assert any(isinstance(event, EpochEnded) for event in events)
    with object_store.refusing():
        with pytest.raises(StoreError, match=words):
            remote.check()
        new = remote.create(make_spec()).run_id
        with pytest.raises(StoreError, match=words):
            next(execute(remote, new))
    for run_id in (begun, new):
        run = remote.get(run_id)
        assert run.outcome == "failed" and re.search(words, run.message)
        assert not [secret for secret in CREDENTIALS.values() if secret in run.message]


def test_copies_are_bounded_and_those_in_use_stay(tmp_path):
    copies = Copies(tmp_path / "copies", most_bytes=25)

    def fetch(folder):
        (folder / "file").write_bytes(b"0123456789")

    kept = [copies.of(str(number), fetch) for number in range(4)]
    copies.tidy()
    assert all(copy.is_dir() for copy in kept), "they may be being read"
    for age, copy in zip((4_000, 3_000, 2_000, 100_000), kept, strict=True):
        os.utime(copy, (time.time() - age,) * 2)
    copies.tidy()
    assert [copy.is_dir() for copy in kept] == [False, True, True, False]
    with pytest.raises(ValueError, match="broken"), contextlib.ExitStack():
        copies.of("new", lambda folder: (_ for _ in ()).throw(ValueError("broken")))
    assert len([*copies.folder.iterdir()]) == 2, "nothing half fetched is left"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_process_that_was_forked_has_connections_of_its_own(url, object_store):
    files = RemoteFiles(url)
    put(files, "one", b"1")
    child = os.fork()
    if child == 0:
        try:
            put(files, "two", b"2")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert (get(files, "one"), get(files, "two")) == (b"1", b"2")
