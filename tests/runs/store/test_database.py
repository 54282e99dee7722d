"""The database under the store: what it promises, what it says when it cannot, older versions, several processes."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, inspect

from cf_core.environment import PROJECT
from cf_core.errors import StoreError
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.before_alembic import MIGRATIONS
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.sqlite import LAST_WITHOUT_ALEMBIC, STAMPED
from cf_core.runs.store.tables import Table
from tests.runs.stored import FINISHED, two_epochs


@pytest.fixture
def place(tmp_path):
    return StoreAddress.of(tmp_path / "runs")


@pytest.mark.parametrize(
    ("pragma", "cure"),
    [("max_page_count = 1", "Make room on the disk"), ("query_only = 1", "Make the folder and its files writable")],
)
def test_a_database_that_cannot_grow_says_what_to_do(store, finished, make_spec, pragma, cure):
    event.listen(store._database._engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    with pytest.raises(StoreError, match=f"runs.sqlite.*{cure}"):
        store.create(make_spec(), "x" * 100_000)
    assert [run.run_id for run in RunStore(store.folder).runs()] == [finished]


def test_a_vanished_folder_is_an_error_and_can_be_made_anew(store, finished, make_spec):
    shutil.rmtree(store.folder)
    with pytest.raises(StoreError, match=r"runs.sqlite.*Put the folder back"):
        store.runs()
    with pytest.raises(StoreError, match=str(store.folder)):
        store.create(make_spec())
    fresh = RunStore(store.folder)
    assert fresh.get(fresh.create(make_spec()).run_id).outcome == "queued"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/runs.*--runs"):
        RunStore(tmp_path / "file" / "runs")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path):
    (tmp_path / "runs.sqlite").write_text("a letter to my aunt, long enough to be read as a header, surely" * 20)
    with pytest.raises(StoreError, match=r"runs.sqlite.*Move the file away"):
        RunStore(tmp_path)
    assert (tmp_path / "runs.sqlite").read_text().startswith("a letter")


@pytest.mark.parametrize(
    "change", [f"PRAGMA user_version = {STAMPED + 1}", "UPDATE alembic_version SET version_num = 'tomorrow'"]
)
def test_a_database_of_a_newer_version_is_left_as_it_is(store, finished, change):
    with sqlite3.connect(store.folder / "runs.sqlite") as connection:
        connection.execute(change)
    with pytest.raises(StoreError, match=r"runs.sqlite.*newer CF Lab.*Update CF Lab"):
        RunStore(store.folder)


def modes(folder):
    """The permissions of a folder and of the files of the database in it."""
    files = {path.name: path for path in folder.iterdir() if path.is_file()}
    return {name: oct(path.stat().st_mode & 0o777) for name, path in {"folder": folder, **files}.items()}


def test_other_users_of_the_machine_cannot_read_the_store(store, finished):
    found = modes(store.folder)
    assert {"runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm"} <= set(found)
    assert found.pop("folder") == "0o700"
    assert set(found.values()) == {"0o600"}


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path):
    (tmp_path / "runs").mkdir(mode=0o755)
    (tmp_path / "runs" / "runs.sqlite").touch(mode=0o644)
    store = RunStore(tmp_path / "runs")
    found = modes(store.folder)
    assert found.pop("folder") == "0o755"  # whose it is, is its maker's business
    assert set(found.values()) == {"0o600"}


def test_the_database_is_as_promised(store):
    with sqlite3.connect(store.folder / "runs.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (STAMPED,)
    with store._database.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_database_of_version_1_is_brought_up_and_its_runs_open(tmp_path, make_spec):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.executescript((Path(__file__).parent / "version_1.sql").read_text())
    first = RunStore(tmp_path)
    assert RunStore(tmp_path).runs() == first.runs()
    (run,) = first.runs("anna")
    assert (run.outcome, run.name, run.note, run.deleted, run.share_token) == ("finished", "", "", None, None)
    assert run.axis_names == {}
    assert run.spec.config.recipe == "tiny" and run.valid_loss == 0.81
    expected = two_epochs()
    expected.add(FINISHED)
    assert first.history(run.run_id) == expected
    first.update(run.run_id, name="old friend")
    assert first.get(run.run_id).name == "old friend"


def test_what_was_called_a_sweep_is_a_rate_search(tmp_path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.executescript((Path(__file__).parent / "version_1.sql").read_text())
        as_sweep = "json_set(spec, '$.purpose', 'sweep', '$.config.phases[0].schedule', 'sweep')"
        columns = ", ".join(name for _, name, *_ in connection.execute("PRAGMA table_info (runs)") if name != "run_id")
        for run_id, spec in (("search-1", as_sweep), ("damaged", "'{'")):
            values = columns.replace("spec", spec)
            connection.execute(f"INSERT INTO runs (run_id, {columns}) SELECT '{run_id}', {values} FROM runs LIMIT 1")
    store = RunStore(tmp_path)
    (search,) = store.runs(purpose="rate-search")
    assert (search.run_id, search.spec.config.phases[0].schedule) == ("search-1", "rising")
    assert [run.spec.config.phases[0].schedule for run in store.runs()] == ["constant"]
    assert list(store.unreadable()) == ["damaged"]


def test_runs_from_before_addresses_were_noted_count_for_none(tmp_path, make_spec):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.executescript((Path(__file__).parent / "version_1.sql").read_text())
    store = RunStore(tmp_path)
    (old,) = store.runs("anna")
    for run_id in (old.run_id, store.create(make_spec(), "anna", address="203.0.113.9").run_id):
        (tmp_path / run_id).mkdir()
        (tmp_path / run_id / "checkpoint.safetensors").write_bytes(bytes(1_000))
    assert store.room.make("anna", 10_000) == 2_000
    assert store.room.make_for_address("203.0.113.9", 10_000) == 1_000


def test_the_steps_lead_to_the_tables_that_the_classes_describe(store):
    def columns(engine):
        look = inspect(engine)
        names = set(look.get_table_names()) - {"alembic_version"}
        return {
            (name, column["name"], column["nullable"], column["primary_key"], str(column["type"]))
            for name in names
            for column in look.get_columns(name)
        }

    by_classes = create_engine("sqlite://")
    Table.metadata.create_all(by_classes)
    assert columns(store._database._engine) == columns(by_classes)


def test_a_new_database_has_the_tables_of_one_that_came_the_long_way(store, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    with sqlite3.connect(old / "runs.sqlite") as connection:
        connection.executescript((Path(__file__).parent / "version_1.sql").read_text())
    found = [describe(one.database._engine) for one in (store, RunStore(old))]
    assert found[0] == found[1]
    assert len(MIGRATIONS) == LAST_WITHOUT_ALEMBIC


def describe(engine):
    """The columns, indexes and foreign keys of all tables. Defaults are left out: rows are always written whole."""
    look = inspect(engine)
    tables = look.get_table_names()
    columns = {
        (table, column["name"], str(column["type"]), column["nullable"], column["primary_key"])
        for table in tables
        for column in look.get_columns(table)
    }
    indexes = {
        (table, index["name"], *index["column_names"], index["unique"])
        for table in tables
        for index in look.get_indexes(table)
    }
    with engine.connect() as connection:
        ask = connection.exec_driver_sql
        keys = {(table, *key[2:]) for table in tables for key in ask(f"PRAGMA foreign_key_list({table})")}
    return columns, indexes, keys


def test_processes_open_a_new_store_and_write_at_once(tmp_path, make_spec):
    code = f"""
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.before_alembic import MIGRATIONS
from cf_core.runs.store.run_store import RunStore
store = RunStore({str(tmp_path / "runs")!r})
for _ in range(20):
    run_id = store.create(RunSpec.from_json({make_spec().to_json()!r})).run_id
    store.begin(run_id, fingerprint="", versions={{}})
    store.interrupt(run_id, "enough")
"""
    writers = [subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT) for _ in range(3)]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0, 0]
    runs = RunStore(tmp_path / "runs").runs()
    assert len({run.run_id for run in runs}) == 60
    assert {run.message for run in runs} == {"enough"}


def test_runs_of_a_process_that_is_gone_are_interrupted(store, running, make_spec):
    code = f"""
import os
from cf_core.runs.spec import RunSpec
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.before_alembic import MIGRATIONS
from cf_core.runs.store.run_store import RunStore
store = RunStore({str(store.folder)!r})
queued, begun = (store.create(RunSpec.from_json({make_spec().to_json()!r})).run_id for _ in range(2))
store.begin(begun, fingerprint="", versions={{}})
print(queued, begun, *(run.outcome for run in store.runs()))
os._exit(1)
"""
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300
    ).stdout.split()
    assert said[2:] == ["running", "queued", "running"]
    for run_id in said[:2]:
        assert store.get(run_id).outcome == "interrupted"
        assert "without a word" in store.get(run_id).message
    assert store.get(running).outcome == "running"


def test_no_descriptor_left_is_said_as_what_it_is(store, finished):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (used[0] + 1, hard))
    try:
        with pytest.raises(StoreError, match=r"as many files and connections open as it may.*ulimit -n"):
            store.runs()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(used[0])
    assert [run.run_id for run in store.runs()] == [finished]
