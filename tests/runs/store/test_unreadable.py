"""A record that cannot be read is named, left out of the lists, and can be deleted; all others are there as before."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from cf_core.__main__ import main
from cf_core.errors import UnknownRunError, UnreadableRunError
from cf_core.runs.store.room import DAYS_TO_UNDO
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.training.events import FitEnded


def change(store, run_id, column, value):
    with store.database.writing() as session:
        statement = text(f"UPDATE runs SET {column} = :value WHERE run_id = :run_id")
        session.execute(statement, {"value": value, "run_id": run_id})


def too_many_factors(spec):
    record = spec.to_json()
    record["config"]["model"]["n_factors"] = 600
    return json.dumps(record)


@pytest.fixture
def workers(place):
    workers = WorkerPool(place, n_workers=0)
    yield workers
    workers.close()


@pytest.fixture(params=["setting", "json", "date", "not a record"])
def damaged(request, workers, make_spec):
    """A workspace with three runs, the second of which cannot be read, and the ids."""
    mine = Workspace(workers, new_token())
    ids = [workers.store.create(make_spec(), mine._token).run_id for _ in range(3)]
    for run_id in ids:
        workers.store.finish(run_id, FitEnded("stopped", 0, 0.0, ""), None)
    column, value = {
        "setting": ("spec", too_many_factors(make_spec())),
        "json": ("spec", "{"),
        "date": ("created", "the other day"),
        "not a record": ("spec", "[1]"),
    }[request.param]
    change(workers.store, ids[1], column, value)
    return mine, ids


def test_the_other_runs_are_there_and_it_is_named(damaged):
    mine, (first, second, third) = damaged
    assert {run.run_id for run in mine.runs()} == {first, third}
    assert list(mine.unreadable()) == [second] and second in mine.unreadable()[second]
    assert Workspace(mine._pool, new_token()).unreadable() == {}
    with pytest.raises(UnreadableRunError, match=second):
        mine._store.get(second)


def test_it_can_be_deleted_by_its_owner_alone_and_is_removed_in_time(damaged):
    mine, (_, second, _) = damaged
    with pytest.raises(UnknownRunError):
        Workspace(mine._pool, new_token()).delete(second)
    mine.delete(second)
    assert (mine.unreadable(), mine.deleted()) == ({}, [])
    mine._store.room.purge(datetime.now(UTC) + timedelta(days=DAYS_TO_UNDO + 1))
    with pytest.raises(UnknownRunError):
        mine._store.get(second)


def test_the_command_line_names_it(damaged, capsys, monkeypatch):
    mine, (first, second, third) = damaged
    monkeypatch.setenv("CF_LAB_FILES", mine._store.address.files)
    assert main(["runs", "--json", "--runs", mine._store.address.runs]) == 0
    said = capsys.readouterr()
    assert {json.loads(line)["run_id"] for line in said.out.splitlines()} == {first, third}
    assert said.err.count("\n") == 1 and second in said.err
