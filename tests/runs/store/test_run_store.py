"""The store: what goes in comes out, what ended stays ended, what breaks says so and harms nothing else."""

import errno
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from cf_core.config import Phase
from cf_core.errors import ConfigError, StoreError, UnknownRunError
from cf_core.fitted_factors import FittedFactors
from cf_core.runs.store.process_locks import FRESH_SECONDS
from cf_core.runs.store.room import DAYS_TO_UNDO
from cf_core.runs.store.run_rows import CUT_OFF
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.tables import EpochRow
from cf_core.training.events import BatchEnded, CommandTaken, FitEnded
from cf_core.training.history import History
from tests.runs.store.conftest import in_a_folder
from tests.runs.stored import FINISHED, STARTED, batch, checkpoint_of, epoch, files_folder, make_factors, two_epochs


def test_a_run_that_another_process_has_taken_over_is_left_to_it(store, running):
    """Neither a server whose worker had it, nor one that lost the worker, has a say in it any more."""
    store._rows.change(running, {"holder": "another"})
    store.set_down(running, "dead")
    store.interrupt(running, "late", "dead")
    assert (store.get(running).outcome, store.get(running).message) == ("interrupted", CUT_OFF)
    store.interrupt(running, "killed", "another")
    assert store.get(running).message == "killed"


def test_a_new_run_is_queued_under_the_name_of_its_recipe(store, make_spec):
    run = store.create(make_spec(), "anna")
    assert run == store.get(run.run_id)
    assert (run.outcome, run.owner, run.spec, run.n_epochs_done) == ("queued", "anna", make_spec(), 0)
    name, digits = run.run_id.split("-")
    assert name == "tiny" and len(digits) == 6 and int(digits, 16) >= 0


def test_a_finished_run_comes_back_from_another_store_object(store, finished):
    other = RunStore(store.address)
    run = other.get(finished)
    assert (run.outcome, run.seconds, run.n_epochs_done, run.valid_loss, run.rmse) == ("finished", 1.5, 2, 0.81, 0.9)
    assert (run.fingerprint, run.versions, run.message, run.has_factors) == ("f00d", {"torch": "2"}, "", True)
    expected = two_epochs()
    expected.add(FINISHED)
    assert other.history(finished) == expected
    assert np.array_equal(other.factors(finished).item_bias, [0, 1, 2])


def test_the_list_is_newest_first_and_by_owner(store, make_spec):
    ids = [store.create(make_spec(), owner).run_id for owner in ("anna", "ben", "anna")]
    assert [run.run_id for run in store.runs()] == ids[::-1]
    assert [run.run_id for run in store.runs("anna")] == [ids[2], ids[0]]
    assert store.runs("carl") == []


def test_an_unknown_run_is_named_beside_those_that_nobody_owns(store, finished, running):
    asks = (store.get, store.history, store.factors, store.delete, store.restore, store.requeue)
    updates = lambda run_id: store.update(run_id, name="x"), lambda run_id: store.rewind(run_id, History())
    for ask in (*asks, *updates):
        with pytest.raises(UnknownRunError, match=f"'nobody'.*{running}") as error:
            ask("nobody")
        assert finished not in str(error.value), "that one is Anna's"


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


def test_the_first_reason_of_an_interruption_stands_unless_it_was_a_guess(store, running):
    store.interrupt(running, CUT_OFF)
    store.interrupt(running, "killed")
    store.interrupt(running, "late")
    store.finish(running, FitEnded("failed", 0, 0.0, "late"), None)
    assert (store.get(running).outcome, store.get(running).message) == ("interrupted", "killed")


def test_a_run_without_factors_says_so(store, running):
    with pytest.raises(StoreError, match="has no factors"):
        store.factors(running)


def test_a_deleted_run_can_be_restored(store, finished, running):
    store.delete(finished)
    assert [run.run_id for run in store.runs()] == [running]
    (deleted,) = store.runs(deleted=True)
    assert deleted.run_id == finished and deleted.deleted is not None
    assert not deleted.resumable and not deleted.continuable
    with pytest.raises(StoreError, match="Restore it first"):
        store.requeue(finished)
    store.restore(finished)
    assert len(store.runs()) == 2 and store.runs(deleted=True) == []
    assert store.get(finished).deleted is None and store.factors(finished).recipe == "tiny"


def test_a_week_after_its_deletion_a_run_is_gone_with_its_files_and_history(store, finished, make_spec):
    fresh = store.create(make_spec()).run_id
    store.interrupt(fresh, "enough")
    store.delete(finished)
    between = datetime.now(UTC)
    store.delete(fresh)
    store.room.purge()
    assert len(store.runs(deleted=True)) == 2
    store.room.purge(now=between + timedelta(days=DAYS_TO_UNDO))
    assert [run.run_id for run in store.runs(deleted=True)] == [fresh]
    assert not (files_folder(store) / finished).exists()
    with store.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EpochRow)) == 0


@in_a_folder
def test_lock_files_of_the_dead_are_swept_up(store, running):
    dead, fresh = (store.folder / "keepers" / name for name in ("dead", "fresh"))
    for path in (dead, fresh):
        path.touch()
    long_ago = time.time() - 2 * FRESH_SECONDS
    for path in (store.folder / "keepers").iterdir():
        if path != fresh:
            os.utime(path, (long_ago, long_ago))
    store.room.purge()
    assert not dead.exists() and fresh.exists()
    assert store.get(running).outcome == "running"


def test_a_run_under_way_cannot_be_deleted(store, running):
    with pytest.raises(StoreError, match="Stop it"):
        store.delete(running)


def test_name_note_and_link_are_kept(store, finished):
    store.update(finished, name="Anna's best", note="half the rate")
    store.update(finished, share_token="s3cret")
    run = RunStore(store.address).shared("s3cret")
    assert (run.run_id, run.name, run.note, run.share_token) == (finished, "Anna's best", "half the rate", "s3cret")
    store.update(finished, share_token=None)
    with pytest.raises(UnknownRunError, match="leads to no run"):
        store.shared("s3cret")


def test_a_link_to_a_deleted_run_leads_nowhere_until_it_is_restored(store, finished):
    store.update(finished, share_token="s3cret")
    store.delete(finished)
    with pytest.raises(UnknownRunError):
        store.shared("s3cret")
    store.restore(finished)
    assert store.shared("s3cret").run_id == finished


def test_damaged_factors_are_named_and_other_runs_still_open(store, finished, running):
    store.finish(running, FINISHED, make_factors())
    (files_folder(store) / running / "factors.safetensors").write_bytes(b"\x00" * 20)
    with pytest.raises(StoreError, match=running):
        store.factors(running)
    assert store.factors(finished).recipe == "tiny"
    assert len(store.runs()) == 2


def test_a_crash_between_files_and_row_leaves_a_run_that_can_still_finish(store, running, monkeypatch):
    write = FittedFactors.write

    def write_and_crash(factors, replacing):
        write(factors, replacing)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(FittedFactors, "write", write_and_crash)
        with pytest.raises(SystemExit):
            store.finish(running, FINISHED, make_factors())
    assert (store.get(running).outcome, store.get(running).has_factors) == ("running", False)
    store.finish(running, FINISHED, make_factors(n_items=7))
    assert len(store.factors(running).items) == 7


def test_a_full_disk_under_the_factors_harms_nothing(store, finished, running, monkeypatch):
    def fill_up(_, path):
        Path(path).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("cf_core.fitted_factors.save_file", fill_up)
    with pytest.raises(StoreError, match=r"No space left on device.*Make room"):
        store.finish(running, FINISHED, make_factors())
    assert store.get(running).outcome == "running"
    assert list((files_folder(store) / running).iterdir()) == []
    assert store.factors(finished).recipe == "tiny"


def test_factors_of_an_earlier_end_stay_where_there_are_no_new_ones(store, running):
    store.finish(running, FitEnded("stopped", 1, 1.0), make_factors())
    store.requeue(running)
    store.begin(running, fingerprint="", versions={})
    store.finish(running, FitEnded("diverged", 1, 1.0, "Try less."), None)
    assert store.get(running).has_factors and len(store.factors(running).items) == 3


def test_a_fresh_checkpoint_takes_the_place_of_the_old_one_when_it_is_whole(store, running):
    assert not store.get(running).has_checkpoint
    with store.files.replacing_checkpoint(running) as path:
        path.write_text("one")
        assert not store.get(running).has_checkpoint
    with (
        pytest.raises(StoreError, match=rf"{running}.*No space left.*Make room"),
        store.files.replacing_checkpoint(running) as path,
    ):
        path.write_text("tw")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert store.get(running).has_checkpoint
    assert checkpoint_of(store, running).read_text() == "one"
    assert [path.name for path in (files_folder(store) / running).iterdir()] == ["checkpoint.safetensors"]


def test_history_is_taken_back_to_where_a_run_goes_on(store, running):
    store.add_epoch(running, two_epochs())
    history = History.of([STARTED, batch(1, 1), batch(1, 2), epoch(1), batch(2, 1)])
    store.rewind(running, history)
    assert store.history(running) == history
    assert (store.get(running).n_epochs_done, store.get(running).valid_loss) == (1, 0.81)
    store.rewind(running, History())
    assert store.history(running) == History()
    assert (store.get(running).n_epochs_done, store.get(running).valid_loss) == (0, None)


def test_commands_are_stored_with_their_epoch(store, running):
    taken = CommandTaken(1, 1, 2, "set_learning_rate", 0.01), CommandTaken(2, 0, 2, "stop")
    history = History.of([STARTED, batch(1, 1), taken[0], batch(1, 2), epoch(1), taken[1]])
    store.add_epoch(running, history)
    assert store.history(running) == history and history.commands == list(taken)


@pytest.mark.parametrize("outcome", ["interrupted", "stopped", "failed"])
def test_a_run_that_was_broken_off_waits_again(store, running, outcome):
    if outcome == "interrupted":
        store.interrupt(running, "why")
    else:
        store.finish(running, FitEnded(outcome, 0, 1.0, "why"), None)
    assert store.get(running).resumable
    run = store.requeue(running)
    assert (run.outcome, run.message, run.seconds) == ("queued", "", None)
    assert store.history(running).ended is None
    store.begin(running, fingerprint="f00d", versions={})
    assert store.get(running).outcome == "running"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("finished", "further phase"), ("queued", "Wait"), ("running", "Wait"), ("diverged", "diverged.*smaller rate")],
)
def test_other_runs_do_not_and_say_why(store, make_spec, outcome, reason):
    run_id = store.create(make_spec()).run_id
    if outcome == "running":
        store.begin(run_id, fingerprint="f00d", versions={})
    elif outcome != "queued":
        store.finish(run_id, FitEnded(outcome, 2, 1.0, "Try a smaller rate."), None)
    assert not store.get(run_id).resumable
    with pytest.raises(StoreError, match=f"{run_id}.*{reason}"):
        store.requeue(run_id)
    assert store.get(run_id).outcome == outcome


def test_a_run_goes_on_with_a_longer_configuration_alone(store, finished):
    config = store.get(finished).spec.config
    longer = config.continued(2, Phase(3, 0.001))
    with pytest.raises(StoreError, match="kept no weights"):
        store.requeue(finished, longer)
    with store.files.replacing_checkpoint(finished) as path:
        path.write_text("weights")
    assert store.get(finished).continuable
    with pytest.raises(ConfigError, match="2 epochs already"):
        store.requeue(finished, config)
    with pytest.raises(ConfigError, match="another model"):
        store.requeue(finished, replace(longer, seed=9))
    assert store.requeue(finished, longer).spec.config == longer
    store.interrupt(finished, "gone")
    with pytest.raises(StoreError, match="Resume it first"):
        store.requeue(finished, longer)
