"""A run goes into another lab, and is there what it was here: to look at, and to go on with to the same numbers."""

import io
import queue
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cf_core.config import Phase
from cf_core.data.reading import read_ratings
from cf_core.data.split import SplitConfig
from cf_core.errors import BadExportError, DataMismatchError
from cf_core.evaluation.run_scores import scores_of_run
from cf_core.exports.contents import RunContents
from cf_core.exports.folder import export_run
from cf_core.exports.importing.source import FolderSource, ZipSource, source_of
from cf_core.exports.parts import PARTS, parts_of
from cf_core.runs.execute import execute
from cf_core.runs.store.run_store import RunStore
from cf_core.training.commands import Command, Stop
from cf_core.training.events import BatchEnded
from tests.exports.conftest import RECIPES, train_on
from tests.exports.importing.conftest import take_in
from tests.runs.same_numbers import differences, numbers_of
from tests.tiny import write_tiny_data


def carry(store: RunStore, run_id: str, lab: RunStore, folder: Path) -> str:
    """Export the run and import it into `lab`; its new id."""
    run = store.get(run_id)
    export_run(RunContents.of(store, run, read_ratings(run.spec.data)), [PARTS["weights"]], folder)
    return take_in(FolderSource(folder), lab).run_id


@pytest.mark.parametrize("recipe", RECIPES)
def test_an_imported_run_is_what_it_was(exported, contents_of, lab, awkward_data, recipe) -> None:
    contents = contents_of(recipe)
    run = take_in(FolderSource(exported(recipe)), lab)
    before = contents.run
    assert run.run_id != before.run_id
    assert run.owner == ""
    assert run.spec.data == str(awkward_data)
    kept = ("outcome", "seconds", "n_epochs_done", "valid_loss", "rmse", "fingerprint", "versions", "name", "note")
    for name in (*kept, "has_factors", "has_checkpoint", "guess", "axis_names"):
        assert getattr(run, name) == getattr(before, name), name
    assert (run.spec.split, run.spec.config) == (before.spec.split, before.spec.config)
    assert lab.history(run.run_id) == contents.history
    factors, users = lab.factors(run.run_id), np.arange(3)
    layers = lab.files.weights(run.run_id) if contents.layers else None
    scores = scores_of_run(factors, run.spec.config.model, layers)(users)
    assert np.array_equal(scores, scores_of_run(contents.factors, before.spec.config.model, contents.layers)(users))
    assert (factors.users, factors.items) == (contents.factors.users, contents.factors.items)
    assert lab.files.snapshot_epochs(run.run_id) == [2]


@pytest.mark.parametrize("recipe", ["notebook-net", "rank"])
def test_continuing_gives_the_numbers_of_the_original(lab, awkward_data, tmp_path, recipe) -> None:
    home = RunStore(tmp_path / "home")
    here = train_on(home, awkward_data, recipe).run_id
    there = carry(home, here, lab, tmp_path / "out")
    for store, run_id in ((home, here), (lab, there)):
        store.requeue(run_id, store.get(run_id).spec.config.continued(2, Phase(2, 0.01)))
        for _ in execute(store, run_id):
            pass
    assert differences(numbers_of(lab, there), numbers_of(home, here)) == []


def test_a_run_that_was_stopped_in_an_epoch_goes_on_where_it_stopped(lab, awkward_data, tmp_path) -> None:
    home, commands = RunStore(tmp_path / "home"), queue.SimpleQueue[Command]()
    here = home.create(train_on(home, awkward_data, "fast", batch_size=8).spec).run_id
    for event in execute(home, here, commands):
        if isinstance(event, BatchEnded) and (event.epoch, event.batch) == (1, 5):
            commands.put(Stop())
    assert (home.get(here).outcome, home.get(here).n_epochs_done) == ("stopped", 0)
    there = carry(home, here, lab, tmp_path / "out")
    for store, run_id in ((home, here), (lab, there)):
        store.requeue(run_id)
        for _ in execute(store, run_id):
            pass
        assert store.get(run_id).outcome == "finished"
    assert differences(numbers_of(lab, there), numbers_of(home, here)) == []


def test_names_notes_and_names_of_axes_come_along(lab, origin, awkward_data, tmp_path) -> None:
    run = train_on(origin, awkward_data, split=SplitConfig(seed=7))
    origin.update(run.run_id, name="half the rate", note="two\nlines", share_token="s" * 32)
    origin.name_axis(run.run_id, "factors:1", "old to new")
    found = lab.get(carry(origin, run.run_id, lab, tmp_path / "out"))
    assert (found.name, found.note, found.axis_names) == ("half the rate", "two\nlines", {"factors:1": "old to new"})
    assert found.share_token is None
    assert found.spec.split.seed == 7


def test_a_run_that_diverged_brings_its_history(lab, origin, awkward_data, tmp_path) -> None:
    run = train_on(origin, awkward_data, "notebook-dot", learning_rate=100.0)
    assert (run.outcome, run.has_factors) == ("diverged", False)
    contents = RunContents.of(origin, run, read_ratings(awkward_data))
    assert [part.name for part in parts_of(run)] == ["history"]
    export_run(contents, parts_of(run), tmp_path / "out")
    found = take_in(FolderSource(tmp_path / "out"), lab)
    assert (found.outcome, found.message, found.has_factors) == ("diverged", run.message, False)
    assert lab.history(found.run_id) == contents.history


@pytest.mark.parametrize("prefix", ["", "my run/"])
def test_a_zip_will_do(exported, lab, tmp_path, prefix) -> None:
    with zipfile.ZipFile(tmp_path / "run.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path in exported("best").rglob("*"):
            if path.is_file():
                file.write(path, prefix + str(path.relative_to(exported("best"))))
    assert take_in(source_of(tmp_path / "run.zip"), lab).has_factors
    assert take_in(ZipSource("upload", io.BytesIO((tmp_path / "run.zip").read_bytes())), lab).has_factors


def test_the_data_can_be_named(exported, lab, awkward_data, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("CF_LAB_DATA", str(tmp_path / "nothing"))
    with pytest.raises(DataMismatchError, match="no data set here"):
        take_in(FolderSource(exported("best")), lab)
    assert take_in(FolderSource(exported("best")), lab, [str(awkward_data)]).spec.data == str(awkward_data)


def test_other_data_are_refused(exported, lab, tmp_path) -> None:
    with pytest.raises(DataMismatchError, match="no data set here"):
        take_in(FolderSource(exported("best")), lab, [str(write_tiny_data(tmp_path / "tiny", 40))])


def test_an_export_without_weights_says_what_is_missing(contents_of, lab, tmp_path) -> None:
    export_run(contents_of("best"), [PARTS["history"]], tmp_path / "out")
    with pytest.raises(BadExportError, match=r"checkpoint\.safetensors cannot be read .* with its weights"):
        take_in(FolderSource(tmp_path / "out"), lab)
