"""A store that moves arrives whole, and what does not leaves nothing that looks so."""

import json
import shutil
from dataclasses import replace

import pytest

from cf_core.__main__ import main
from cf_core.errors import StoreError
from cf_core.runs import move
from cf_core.runs.execute import execute
from cf_core.runs.limits import Limits
from cf_core.runs.move import move_runs
from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.lab_secret import kept_secret, lab_secret
from cf_core.runs.store.rating_sets import OwnRatingSets
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace
from cf_core.words import MOVIES
from tests.runs.same_numbers import differences, numbers_of
from tests.tiny import write_tiny_data

ANNA = "a" * 32


@pytest.fixture
def folder(tmp_path):
    return StoreAddress.of(tmp_path / "runs")


@pytest.fixture
def database(tmp_path, postgres_url):
    return StoreAddress.of(postgres_url, str(tmp_path / "files"))


@pytest.fixture
def filled(folder, make_spec):
    """The id of a run on a workspace's own data, in a lab with a secret and a set of ratings."""

    def write(part):
        write_tiny_data(part, n_items=40)
        return MOVIES

    workers = WorkerPool(folder, n_workers=0, limits=Limits(free=1))
    own = Workspace(workers, ANNA).data_sets.add("mine", write)
    store, spec = workers.store, make_spec(2)
    run_id = store.create(replace(spec, data=str(own.folder)), ANNA).run_id
    for _ in execute(store, run_id):
        pass
    ratings = OwnRatingSets(store.database, ANNA)
    ratings.rate(ratings.create("Ä \U0001f600", "f00d").set_id, 318, 4.5)
    lab_secret(folder.folder)
    workers.close()
    return run_id


def test_there_and_back_nothing_is_lost(folder, database, filled, tmp_path):
    there = move_runs(folder, database)
    back = move_runs(database, StoreAddress.of(tmp_path / "back"))
    assert there == back and there.n_files > 5 and there.rows["runs"] == 1 and there.rows["epochs"] == 2
    old, new, again = (RunStore(each) for each in (folder, database, tmp_path / "back"))
    assert differences(numbers_of(old, filled), numbers_of(new, filled)) == []
    for store in (old, new, again):
        (own,) = store.data_sets.select()
        run = store.get(filled)
        assert run.spec.data == str(store.data_sets.data_set(own).folder), "the run is on the data that moved along"
        assert replace(run, spec=old.get(filled).spec) == old.get(filled)
    assert old.history(filled) == new.history(filled)
    assert OwnRatingSets(new.database, ANNA).all("f00d") == OwnRatingSets(old.database, ANNA).all("f00d") != []
    secrets = {kept_secret(store.address, store.database) for store in (old, new, again)}
    assert len(secrets) == 1 and None not in secrets
    for store in (old, new, again):
        store.close()


def test_runs_under_way_and_a_target_with_records_are_refused(folder, database, filled, make_spec, tmp_path):
    move_runs(folder, database)
    with pytest.raises(StoreError, match=r"not empty \(it has data_sets\)"):
        move_runs(folder, database)
    waiting = RunStore(folder).create(make_spec()).run_id
    with pytest.raises(StoreError, match=rf"1 runs are under way \({waiting}\)"):
        move_runs(folder, StoreAddress.of(tmp_path / "other"))
    with pytest.raises(StoreError, match="no such folder"):
        move_runs(StoreAddress.of(tmp_path / "nowhere"), database)


@pytest.mark.parametrize("damage", ["file", "rows"])
def test_what_does_not_arrive_as_it_was_is_not_taken_for_whole(folder, database, filled, monkeypatch, damage):
    if damage == "file":
        copy = shutil.copyfile
        monkeypatch.setattr(move.shutil, "copyfile", lambda old, new: copy(__file__, new))
        words = "is not what was sent"
    else:
        add = move._add_to
        monkeypatch.setattr(move, "_add_to", lambda digest, rows: add(digest, [{**rows[0], "x": id(digest)}]))
        words = "have not arrived as they were"
    with pytest.raises(StoreError, match=words):
        move_runs(folder, database)
    monkeypatch.undo()
    assert RunStore(database).runs() == []
    assert move_runs(folder, database).rows["runs"] == 1, "a second try may follow"


def test_the_command_prints_what_it_has_copied(folder, database, filled, capsys):
    command = ["move-runs", str(folder.folder), database.runs, "--to-files", database.files]
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["event"] == "moved" and said["rows"]["runs"] == 1 and said["files"] > 5
    assert main(command) == 2
    assert "not empty" in capsys.readouterr().err
