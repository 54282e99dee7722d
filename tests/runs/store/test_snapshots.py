"""The snapshots of a run: which there are while it trains, after a break, of a long run, and through the doors."""

import dataclasses
import queue

import numpy as np
import pytest

from cf_core.errors import StoreError, UnknownRunError
from cf_core.insight.snapshot import snapshot
from cf_core.runs.execute import execute
from cf_core.runs.run_views import shared_run
from cf_core.runs.store.file_store import LocalFiles
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.store.snapshots import MOST_STEPS, is_kept, read_snapshots, snapshot_epochs, write_snapshot
from cf_core.runs.workers.pool import WorkerPool
from cf_core.runs.workspace import Workspace, new_token
from cf_core.training.commands import Stop
from cf_core.training.events import BatchEnded, EpochEnded, FitStarted
from tests.runs.stored import files_folder, make_factors

SMALL = snapshot(make_factors(), np.arange(3), epoch=0)


def at(epoch: int):
    return dataclasses.replace(SMALL, epoch=epoch)


def train(store, run_id):
    for _ in execute(store, run_id):
        pass
    return store.files.snapshots(run_id)


def test_the_start_and_every_epoch_are_there_when_their_event_comes(store, make_spec):
    run_id, seen = store.create(make_spec(n_epochs=2)).run_id, []
    for event in execute(store, run_id):
        if isinstance(event, FitStarted | EpochEnded):
            seen.append(store.files.snapshot_epochs(run_id))
    assert seen == [[0], [0, 1], [0, 1, 2]]


def test_a_snapshot_shows_the_weights_of_its_epoch(store, make_spec):
    run_id = store.create(make_spec(n_epochs=2)).run_id
    start, _, last = train(store, run_id)
    factors = store.factors(run_id)
    assert (start.epoch, last.epoch, last.bias_unit) == (0, 2, "logits")
    assert last.item_norm == pytest.approx(np.linalg.norm(factors.item_factors[last.item_idx], axis=1))
    assert np.array_equal(last.item_bias, factors.item_bias[last.item_idx])
    assert np.array_equal(last.user_bias, factors.user_bias)
    assert last.item_norm.mean() > start.item_norm.mean(), "the factors grow from a small random start"


def test_what_cannot_change_is_not_listed_again(store, make_spec, monkeypatch):
    listed, names = [], store.files.store.names
    monkeypatch.setattr(store.files.store, "names", lambda prefix: listed.append(prefix) or names(prefix))
    run_id, seen = store.create(make_spec(n_epochs=2)).run_id, []
    for event in execute(RunStore(store.address), run_id):
        if isinstance(event, FitStarted | EpochEnded | BatchEnded):
            seen.append(store.files.snapshot_epochs(run_id, store.get(run_id).n_epochs_done))
    assert seen[0] == [0] and seen[-1] == [0, 1, 2] and [0, 1] in seen
    assert len(listed) == 3 < len(seen)
    assert store.files.snapshot_epochs(run_id, 3) == [0, 1, 2], "epoch 3 has ended, and its snapshot is to come"
    assert len(listed) == 4


def test_a_run_that_was_broken_off_has_the_film_of_one_that_was_not(store, make_spec):
    whole, broken = (store.create(make_spec(n_epochs=4)).run_id for _ in range(2))
    for event in (events := execute(store, broken)):
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (3, 5):
            events.close()
    assert store.files.snapshot_epochs(broken) == [0, 1, 2]
    store.requeue(broken)
    one, other = train(store, whole), train(store, broken)
    assert [kept.epoch for kept in other] == [0, 1, 2, 3, 4]
    assert all(np.array_equal(a.positions, b.positions) for a, b in zip(one, other, strict=True))


def test_an_epoch_whose_snapshot_a_break_took_gets_it_back(store, make_spec):
    run_id = store.create(make_spec(n_epochs=2)).run_id
    for event in (events := execute(store, run_id)):
        if isinstance(event, EpochEnded):
            events.close()
    (files_folder(store) / run_id / "snapshots" / "001.safetensors").unlink()
    store.requeue(run_id)
    assert [kept.epoch for kept in train(store, run_id)] == [0, 1, 2]


def test_a_stop_in_mid_epoch_takes_no_snapshot(store, make_spec):
    run_id, commands = store.create(make_spec(n_epochs=3)).run_id, queue.SimpleQueue()
    for event in execute(store, run_id, commands):
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (2, 3):
            commands.put(Stop())
    assert store.files.snapshot_epochs(run_id) == [0, 1]
    store.requeue(run_id)
    assert [kept.epoch for kept in train(store, run_id)] == [0, 1, 2, 3]


def test_a_rate_search_takes_none(store, make_spec):
    run_id = store.create(dataclasses.replace(make_spec(), purpose="rate-search")).run_id
    assert train(store, run_id) == []
    assert store.files.snapshot_epochs(run_id) == []


def test_only_the_later_ones_are_read(store, running):
    for epoch in range(4):
        store.files.add_snapshot(running, at(epoch))
    assert [kept.epoch for kept in store.files.snapshots(running)] == [0, 1, 2, 3]
    assert [kept.epoch for kept in store.files.snapshots(running, after=1)] == [2, 3]
    assert store.files.snapshots(running, after=3) == []


@pytest.mark.parametrize(
    ("latest", "n", "some"),
    [(0, 1, {0}), (128, 129, {0, 1, 2, 128}), (129, 66, {0, 2, 4, 128, 129}), (1_000, 126, {0, 8, 16, 1_000})],
)
def test_of_a_long_run_every_second_or_fourth_epoch_is_kept(latest, n, some):
    kept = {epoch for epoch in range(latest + 5) if is_kept(epoch, latest)}
    assert len(kept) == n and some <= kept and max(kept) == latest


def test_what_is_kept_later_was_kept_before():
    for latest in range(1, 700):
        kept = {epoch for epoch in range(latest + 1) if is_kept(epoch, latest)}
        assert len(kept) <= MOST_STEPS + 2
        assert all(is_kept(epoch, latest - 1) for epoch in kept - {latest})


def test_those_are_there_that_are_to_be_kept(files):
    for epoch in (0, 63, 64, 127, 128, 129):
        write_snapshot(files, "run/snapshots", at(epoch))
    assert snapshot_epochs(files, "run/snapshots") == [0, 64, 128, 129]
    assert [kept.epoch for kept in read_snapshots(files, "run/snapshots")] == [0, 64, 128, 129]
    write_snapshot(files, "run/snapshots", at(5))
    assert snapshot_epochs(files, "run/snapshots") == [0, 5], "the run went on from an earlier epoch"


def test_what_is_half_written_is_no_snapshot(tmp_path):
    files = LocalFiles(tmp_path)
    write_snapshot(files, "run/snapshots", at(0))
    (tmp_path / "run/snapshots/130.safetensors.part").write_bytes(b"half")
    assert snapshot_epochs(files, "run/snapshots") == [0]


def test_a_snapshot_that_is_dropped_while_others_are_read_is_passed_over(files):
    for epoch in range(3):
        write_snapshot(files, "snapshots", at(epoch))
    reading = read_snapshots(files, "snapshots")
    assert next(reading).epoch == 0
    files.remove("snapshots/001.safetensors")
    assert next(reading).epoch == 2


def test_a_damaged_snapshot_is_named(store, running):
    store.files.add_snapshot(running, at(0))
    (files_folder(store) / running / "snapshots" / "000.safetensors").write_bytes(b"?")
    with pytest.raises(StoreError, match=rf"{running}/snapshots/000\.safetensors cannot be read.*Delete the file"):
        store.files.snapshots(running)


def test_a_workspace_and_a_link_show_them_and_a_stranger_sees_none(tmp_path, make_spec):
    workers = WorkerPool(tmp_path / "runs", n_workers=0)
    mine, other = Workspace(workers, new_token()), Workspace(workers, new_token())
    run_id = workers.store.create(make_spec(), mine._token).run_id
    workers.store.files.add_snapshot(run_id, at(0))
    link = shared_run(workers, mine.share(run_id))
    assert mine.snapshot_epochs(run_id) == link.snapshot_epochs() == [0]
    assert [kept.epoch for kept in (*mine.snapshots(run_id), *link.snapshots())] == [0, 0]
    assert mine.snapshots(run_id, after=0) == link.snapshots(after=0) == []
    mine.unshare(run_id)
    for of_link in (link.snapshots, link.snapshot_epochs):
        with pytest.raises(UnknownRunError):
            of_link()
    for of_workspace in (other.snapshots, other.snapshot_epochs):
        with pytest.raises(UnknownRunError, match="no run"):
            of_workspace(run_id)
    workers.close()
