"""An export is there whole or not at all, and its README tells the truth: each of its lines is run."""

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
import safetensors.numpy

from cf_core.errors import ConfigError, StoreError
from cf_core.exports.contents import RunContents
from cf_core.exports.folder import export_run
from cf_core.exports.parts import PARTS, parts_of
from cf_core.exports.record import sha256_of
from tests.exports.conftest import RECIPES

CODE = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


def read_all(folder: Path, monkeypatch) -> dict[str, Any]:
    """Run every line of the README, in the folder; what they define."""
    monkeypatch.chdir(folder)
    found: dict[str, Any] = {}
    for code in CODE.findall((folder / "README.md").read_text(encoding="utf-8")):
        exec(code, found)
    return found


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_file_but_the_readme_has_a_line_that_reads_it(exported, monkeypatch, recipe) -> None:
    folder = exported(recipe)
    text = (folder / "README.md").read_text(encoding="utf-8")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"README.md"}
    assert set(re.findall(r"^## (.+)$", text, re.MULTILINE)) == there
    assert len(CODE.findall(text)) == len(there) + 1
    found = read_all(folder, monkeypatch)
    assert {"run", "tensors", "explained", "ids", "checkpoint", "user_factors", "item_factors"} <= found.keys()


def test_the_record_has_the_checksum_of_every_other_file(exported) -> None:
    folder = exported("best")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"run.json"}
    assert record["files"] == {name: sha256_of(folder / name) for name in there}


def test_nothing_tells_who_owns_the_run_or_where_its_data_were(exported, contents_of, awkward_data) -> None:
    for path in exported("best").rglob("*"):
        if path.is_file():
            assert str(awkward_data.parent).encode() not in path.read_bytes()


@pytest.mark.parametrize("recipe", RECIPES)
def test_predictions_come_from_weights_and_ids_alone(exported, monkeypatch, recipe, contents_of) -> None:
    found = read_all(exported(recipe), monkeypatch)
    tensors, explained, ids, predictions = (found[name] for name in ("tensors", "explained", "ids", "predictions"))
    for name, told in explained["tensors"].items():
        assert list(tensors[name].shape) == told["shape"]
        assert str(tensors[name].dtype) == told["dtype"]
    assert explained["tensors"].keys() == tensors.keys()
    plain = {side: [text.removeprefix("'") for text in predictions[f"{side}_id"]] for side in ("user", "item")}
    names = {**{name: getattr(np, name) for name in ("exp", "maximum", "concatenate")}, **tensors}
    names |= explained["rating_scale"]
    for user, item, predicted in zip(plain["user"], plain["item"], predictions["predicted"], strict=True):
        names |= {"u": ids["user_ids"].index(user), "i": ids["item_ids"].index(item)}
        for line in explained["prediction"]:
            exec(line, names)
        assert names["rating"] == pytest.approx(predicted, abs=2e-6)
    errors = predictions["predicted"] - predictions["rating"]
    assert (errors**2).mean() == pytest.approx(contents_of(recipe).run.valid_loss, abs=1e-5)


def test_the_history_reads_back(exported, contents_of, monkeypatch) -> None:
    found, history = read_all(exported("best"), monkeypatch), contents_of("best").history
    assert found["epochs"]["valid_loss"].tolist() == pytest.approx([epoch.valid_loss for epoch in history.epochs])
    assert found["batches"]["position"].tolist() == pytest.approx([batch.position for batch in history.batches])


def test_a_folder_that_holds_something_is_left_alone(contents_of, tmp_path) -> None:
    contents = contents_of("notebook-dot")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="something already"):
        export_run(contents, parts_of(contents.run), tmp_path)
    assert os.listdir(tmp_path) == ["mine.txt"]


def test_an_empty_folder_is_filled(contents_of, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    export_run(contents_of("notebook-dot"), [PARTS["history"]], tmp_path / "empty")
    assert sorted(os.listdir(tmp_path)) == ["empty"]
    assert sorted(os.listdir(tmp_path / "empty")) == ["README.md", "batches.csv", "epochs.csv", "run.json"]


def test_nothing_is_left_of_an_export_that_fails(contents_of, tmp_path) -> None:
    def fail(part, done, total) -> None:
        if part.name == "predictions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_run(contents_of("notebook-dot"), [*PARTS.values()], tmp_path / "new", fail)
    assert os.listdir(tmp_path) == []


def test_a_part_that_does_not_exist_is_named(contents_of) -> None:
    with pytest.raises(ConfigError, match="no part 'pickle'"):
        parts_of(contents_of("best").run, ["weights", "pickle"])


def test_a_run_in_training_is_not_exported(origin, contents_of) -> None:
    ratings, spec = contents_of("best").ratings, contents_of("best").run.spec
    with pytest.raises(StoreError, match="is queued"):
        RunContents.of(origin, origin.create(spec), ratings)


def test_safetensors_alone_read_the_weights(exported) -> None:
    tensors = safetensors.numpy.load_file(exported("notebook-net") / "weights.safetensors")
    assert tensors["hidden_weight"].shape == (10, 8)
    assert isinstance(pandas.read_parquet(exported("best") / "item_factors.parquet"), pandas.DataFrame)
