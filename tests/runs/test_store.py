"""The store: what goes in comes out, what ended stays ended, what breaks says so and harms nothing else."""

import errno
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, event, inspect

from cf_core.data.id_map import IdMap
from cf_core.errors import StoreError, UnknownRunError
from cf_core.insight.fitted_factors import FittedFactors
from cf_core.runs.store import RunStore
from cf_core.runs.tables import MIGRATIONS, Table
from cf_core.training.events import BatchEnded, EpochEnded, FitEnded, FitStarted
from cf_core.training.history import History

PROJECT = Path(__file__).parents[2]
STARTED = FitStarted(n_train=8, n_valid=2, n_batches=2, n_epochs=2, n_parameters=12, device="cpu", model="Model()")
FINISHED = FitEnded("finished", 2, 1.5)


def batch(epoch: int, number: int) -> BatchEnded:
    return BatchEnded(epoch, number, 2, 1, train_loss=1 / 3, learning_rate=0.1)


def epoch(number: int) -> EpochEnded:
    return EpochEnded(
        number, 1, 1.1, valid_loss=0.81, rmse=0.9, mae=0.7, learning_rate=0.1, seconds=1, ratings_per_second=8
    )


def two_epochs() -> History:
    return History.of([STARTED, batch(1, 1), batch(1, 2), epoch(1), batch(2, 1), batch(2, 2), epoch(2)])


def make_factors(n_items: int = 3) -> FittedFactors:
    return FittedFactors(
        recipe="tiny",
        users=IdMap(np.array([5, 4]), "user"),
        items=IdMap(np.arange(n_items), "item"),
        user_factors=np.ones((2, 4), np.float32),
        item_factors=np.ones((n_items, 4), np.float32),
        user_bias=np.zeros(2, np.float32),
        item_bias=np.arange(n_items, dtype=np.float32),
        bias_unit="logits",
        n_train_by_user=np.array([2, 1]),
        n_train_by_item=np.ones(n_items, np.int64),
    )


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def finished(store, make_spec):
    """The id of a run that has finished, with factors."""
    run_id = store.create(make_spec(), "anna").run_id
    store.begin(run_id, fingerprint="f00d", versions={"torch": "2"})
    store.add_epoch(run_id, two_epochs())
    store.finish(run_id, FINISHED, make_factors())
    return run_id


@pytest.fixture
def running(store, make_spec):
    """The id of a run that has begun."""
    run_id = store.create(make_spec()).run_id
    store.begin(run_id, fingerprint="f00d", versions={})
    return run_id


def test_a_new_run_is_queued_under_the_name_of_its_recipe(store, make_spec):
    run = store.create(make_spec(), "anna")
    assert run == store.get(run.run_id)
    assert (run.outcome, run.owner, run.spec, run.n_epochs_done) == ("queued", "anna", make_spec(), 0)
    name, digits = run.run_id.split("-")
    assert name == "tiny" and len(digits) == 6 and int(digits, 16) >= 0


def test_a_finished_run_comes_back_from_another_store_object(store, finished):
    other = RunStore(store.folder)
    run = other.get(finished)
    assert (run.outcome, run.seconds, run.n_epochs_done, run.valid_loss, run.rmse) == ("finished", 1.5, 2, 0.81, 0.9)
    assert (run.fingerprint, run.versions, run.message, run.has_factors) == ("f00d", {"torch": "2"}, "", True)
    expected = two_epochs()
    expected.add(FINISHED)
    assert other.history(finished) == expected
    assert np.array_equal(other.factors(finished).item_bias, [0, 1, 2])


def test_the_list_is_newest_first_and_by_owner(store, make_spec):
    ids = [store.create(make_spec(), owner).run_id for owner in ("anna", "ben", "anna")]
    assert [run.run_id for run in store.list()] == ids[::-1]
    assert [run.run_id for run in store.list("anna")] == [ids[2], ids[0]]
    assert store.list("carl") == []


def test_an_unknown_run_is_named_beside_those_that_there_are(store, finished):
    for ask in (store.get, store.history, store.factors, store.delete):
        with pytest.raises(UnknownRunError, match=finished):
            ask("nobody")


def test_an_epoch_under_way_is_stored_and_later_replaced(store, running):
    history = History.of([STARTED, batch(1, 1), batch(1, 2), epoch(1), batch(2, 1)])
    store.add_epoch(running, history)
    assert store.history(running) == history
    assert store.get(running).n_epochs_done == 1
    store.add_epoch(running, two_epochs())
    assert store.history(running) == two_epochs()


def test_losses_that_are_no_numbers_are_kept(store, running):
    history = History.of([STARTED, BatchEnded(1, 1, 2, 1, float("inf"), 0.1)])
    store.add_epoch(running, history)
    assert store.history(running) == history


def test_a_run_begins_once(store, running):
    with pytest.raises(StoreError, match="is running"):
        store.begin(running, fingerprint="", versions={})


def test_the_first_end_stands(store, finished):
    store.finish(finished, FitEnded("failed", 0, 0.0, "late"), None)
    store.interrupt(finished, "late")
    assert store.get(finished).outcome == "finished"
    assert store.factors(finished).recipe == "tiny"


def test_a_reason_may_come_after_an_interruption(store, running):
    store.interrupt(running, "gone")
    assert (store.get(running).outcome, store.get(running).message) == ("interrupted", "gone")
    store.finish(running, FitEnded("failed", 0, 0.0, "killed"), None)
    assert (store.get(running).outcome, store.get(running).message) == ("failed", "killed")


def test_a_run_without_factors_says_so(store, running):
    with pytest.raises(StoreError, match="has no factors"):
        store.factors(running)


def test_a_deleted_run_is_gone_with_its_files_and_history(store, finished, make_spec):
    other = store.create(make_spec()).run_id
    store.delete(finished)
    assert [run.run_id for run in store.list()] == [other]
    assert not (store.folder / finished).exists()
    with sqlite3.connect(store.folder / "runs.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM epochs").fetchone() == (0,)


def test_a_run_under_way_cannot_be_deleted(store, running):
    with pytest.raises(StoreError, match="Stop it"):
        store.delete(running)


def test_damaged_factors_are_named_and_other_runs_still_open(store, finished, running):
    store.finish(running, FINISHED, make_factors())
    (store.folder / running / "factors.safetensors").write_bytes(b"\x00" * 20)
    with pytest.raises(StoreError, match=running):
        store.factors(running)
    assert store.factors(finished).recipe == "tiny"
    assert len(store.list()) == 2


def test_a_crash_between_files_and_row_leaves_a_run_that_can_still_finish(store, running, monkeypatch):
    def crash(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(store, "_change", crash)
        with pytest.raises(SystemExit):
            store.finish(running, FINISHED, make_factors())
    assert (store.get(running).outcome, store.get(running).has_factors) == ("running", False)
    store.finish(running, FINISHED, make_factors(n_items=7))
    assert len(store.factors(running).items) == 7


def test_a_full_disk_under_the_factors_harms_nothing(store, finished, running, monkeypatch):
    def full(_, folder):
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(FittedFactors, "save", full)
    with pytest.raises(StoreError, match=r"No space left on device.*Make room"):
        store.finish(running, FINISHED, make_factors())
    assert store.get(running).outcome == "running"
    assert {path.name for path in store.folder.iterdir() if path.is_dir()} == {finished, "keepers"}


@pytest.mark.parametrize(
    ("pragma", "cure"),
    [("max_page_count = 1", "Make room on the disk"), ("query_only = 1", "Make the folder and its files writable")],
)
def test_a_database_that_cannot_grow_says_what_to_do(store, finished, make_spec, pragma, cure):
    event.listen(store._database._engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))
    with pytest.raises(StoreError, match=f"runs.sqlite.*{cure}"):
        store.create(make_spec(), "x" * 100_000)
    assert [run.run_id for run in RunStore(store.folder).list()] == [finished]


def test_a_vanished_folder_is_an_error_and_can_be_made_anew(store, finished, make_spec):
    shutil.rmtree(store.folder)
    with pytest.raises(StoreError, match=r"runs.sqlite.*Put the folder back"):
        store.list()
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


def test_a_database_of_a_newer_version_is_left_as_it_is(store, finished):
    with sqlite3.connect(store.folder / "runs.sqlite") as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreError, match=r"runs.sqlite.*newer CF Lab.*Update CF Lab"):
        RunStore(store.folder)


def test_the_database_is_as_promised(store):
    with sqlite3.connect(store.folder / "runs.sqlite") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    with store._database.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_steps_lead_to_the_tables_that_the_classes_describe(store):
    def columns(engine):
        look = inspect(engine)
        names = look.get_table_names()
        return {
            (name, column["name"], column["nullable"], column["primary_key"], str(column["type"]))
            for name in names
            for column in look.get_columns(name)
        }

    by_classes = create_engine("sqlite://")
    Table.metadata.create_all(by_classes)
    assert columns(store._database._engine) == columns(by_classes)


def test_processes_open_a_new_store_and_write_at_once(tmp_path, make_spec):
    code = f"""
from cf_core.runs.spec import RunSpec
from cf_core.runs.store import RunStore
store = RunStore({str(tmp_path / "runs")!r})
for _ in range(20):
    run_id = store.create(RunSpec.from_json({make_spec().to_json()!r})).run_id
    store.begin(run_id, fingerprint="", versions={{}})
    store.interrupt(run_id, "enough")
"""
    writers = [subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    runs = RunStore(tmp_path / "runs").list()
    assert len({run.run_id for run in runs}) == 60
    assert {run.message for run in runs} == {"enough"}


def test_runs_of_a_process_that_is_gone_are_interrupted(store, running, make_spec):
    code = f"""
import os
from cf_core.runs.spec import RunSpec
from cf_core.runs.store import RunStore
store = RunStore({str(store.folder)!r})
queued, begun = (store.create(RunSpec.from_json({make_spec().to_json()!r})).run_id for _ in range(2))
store.begin(begun, fingerprint="", versions={{}})
print(queued, begun, *(run.outcome for run in store.list()))
os._exit(1)
"""
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True).stdout.split()
    assert said[2:] == ["running", "queued", "running"]
    for run_id in said[:2]:
        assert store.get(run_id).outcome == "interrupted"
        assert "without a word" in store.get(run_id).message
    assert store.get(running).outcome == "running"
