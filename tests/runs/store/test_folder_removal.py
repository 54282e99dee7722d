"""Rows go before their files, on both databases; files that a crash has left go later."""

import pytest

from cf_core.errors import StoreError
from cf_core.runs.store.run_store import RunStore
from cf_core.sweeps.space import SearchSpace
from cf_core.sweeps.spec import SweepSpec
from tests.runs.stored import files_folder


@pytest.fixture
def deleted(store, finished):
    """The id of a run that can be removed."""
    store.delete(finished)
    return finished


def remove_everything(store):
    return store.room.make("anna", 0)


def test_others_write_while_files_are_removed(store, deleted, monkeypatch):
    other, remove = RunStore(store.address), store.files.store.remove_folder

    def write_and_remove(folder):
        other.create(store.get(deleted).spec) if folder != deleted else other.change_owner("anna", "ben")
        remove(folder)

    monkeypatch.setattr(store.files.store, "remove_folder", write_and_remove)
    remove_everything(store)
    assert store.runs("anna", deleted=True) == [] and not (files_folder(store) / deleted).exists()
    other.close()


@pytest.mark.parametrize("what", ["run", "trial"])
def test_what_a_crash_leaves_is_removed_later(store, deleted, make_spec, monkeypatch, what):
    sweep = store.sweeps.create(make_spec(), SweepSpec(SearchSpace.read(["n_factors=2,3"]), n_trials=2))
    if what == "trial":
        spec = store.get(deleted).spec.to_json() | {"purpose": "trial"}
        store._rows.change(deleted, {"sweep_id": sweep.sweep_id, "spec": spec})

    def crash(folder):
        raise StoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr(store.files.store, "remove_folder", crash)
        with pytest.raises(StoreError, match="away"):
            remove_everything(store) if what == "run" else store.sweeps.remove(sweep.sweep_id)
    left = files_folder(store) / deleted
    assert store.runs("anna", deleted=True) == [] and left.exists()
    store.room.purge()
    assert not left.exists()
    left.mkdir()  # and nothing is removed twice: another run may have it
    store.room.purge()
    assert left.exists()
