"""Damaged and hostile exports are refused with a clear error, and leave nothing behind."""

import contextlib
import json
import os
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cf_core.errors import BadExportError, CFError
from cf_core.exports.importing.source import FolderSource, source_of
from cf_core.exports.record import RECORD
from cf_core.exports.weights import CHECKPOINT, IDS, WEIGHTS
from cf_core.runs.store.run_store import RunStore
from cf_core.runs.texts import without_controls
from tests.exports.importing.conftest import take_in

N_MUTATIONS = 400
HOSTILE: list[Any] = [None, True, -1, 0, 10**30, 1e308, -0.5, "", "../../x", "a\x1b[31m", "\u202ea", "x" * 30_000]
HOSTILE += [[], {}, [[]], {"a": {}}, "🙂", "\ud800", [1] * 2_000, "pickle", "finished", "auto"]


def refused(package, lab: RunStore, match: str = "") -> None:
    """It is refused with that message, and nothing of it is in the lab."""
    with pytest.raises(CFError, match=match):
        take_in(FolderSource(package.folder), lab)
    assert left_of(lab) == []


def left_of(lab: RunStore) -> list[str]:
    """What is in the lab's folder beside its database."""
    assert lab.runs() == []
    return [path.name for path in lab.folder.iterdir() if path.is_dir() and path.name != "keepers"]


RECORDS: dict[str, tuple[Any, str]] = {
    "format": (lambda r: r.update(format="pickle"), "not the record"),
    "version": (lambda r: r.update(version=2), "another version"),
    "recipe": (lambda r: r["spec"]["config"].update(recipe="mine"), "recipe is not known"),
    "recipe as a path": (lambda r: r["spec"]["config"].update(recipe="../../../etc"), "recipe is not known"),
    "factors": (lambda r: r["spec"]["config"]["model"].update(n_factors=10**9), "n_factors"),
    "other factors": (lambda r: r["spec"]["config"]["model"].update(n_factors=5), "checkpoint"),
    "sigmoid": (lambda r: r["spec"]["config"]["model"].update(sigmoid="yes"), "sigmoid"),
    "unknown setting": (lambda r: r["spec"]["config"].update(__class__="x"), "__class__"),
    "setting missing": (lambda r: r["spec"]["config"].pop("optimizer"), "optimizer"),
    "purpose": (lambda r: r["spec"].update(purpose="rate-search"), "purpose"),
    "a path to data": (lambda r: r["spec"].update(data="/etc"), "data"),
    "device": (lambda r: r["spec"].update(device="tpu"), "device"),
    "split": (lambda r: r["spec"]["split"].update(valid_fraction=1.5), "valid_fraction"),
    "other split": (lambda r: r["spec"]["split"].update(valid_fraction=0.5), "other ratings than its split"),
    "name": (lambda r: r.update(name="a\x1b[31mb"), "name"),
    "long name": (lambda r: r.update(name="a" * 81), "longer than one may be"),
    "note": (lambda r: r.update(note="a\u202eb"), "note"),
    "message": (lambda r: r.update(message="\x07"), "message"),
    "axis": (lambda r: r.update(axis_names={"factors:0": "a"}), "axis"),
    "outcome": (lambda r: r.update(outcome="queued"), "outcome"),
    "other outcome": (lambda r: r.update(outcome="stopped"), "outcome"),
    "epochs": (lambda r: r.update(n_epochs_done=3), "epochs"),
    "fingerprint": (lambda r: r["data"].update(fingerprint="f00d"), "checksum"),
    "unknown data": (lambda r: r["data"].update(fingerprint="0" * 64), "no data set"),
    "file": (lambda r: r["files"].pop(CHECKPOINT), "checksum"),
    "history": (lambda r: r.update(history={}), "history"),
    "no beginning": (lambda r: r["history"].pop(0), "no beginning"),
    "two beginnings": (lambda r: r["history"].insert(0, r["history"][0]), "order"),
    "an epoch twice": (lambda r: r["history"].insert(-1, r["history"][-2]), "order|follow"),
    "no batches": (lambda r: r["history"][0].update(n_batches=0), "other ratings"),
    "an event": (lambda r: r["history"].append({"event": "os.system"}), "no event"),
    "a field of an event": (lambda r: r["history"][1].update(train_loss="nan"), "train_loss"),
    "a batch": (lambda r: r["history"][1].update(batch=10**9), "no batch"),
    "a phase": (lambda r: r["history"][1].update(phase=9), "phase"),
    "a loss": (lambda r: r["history"][-2].update(valid_loss=-1), "below zero"),
    "a user": (
        lambda r: r["history"].insert(
            2, {"event": "command_taken", "epoch": 1, "batch": 1, "n_batches": 4, "command": "watch", "user_idx": 99}
        ),
        "order|watches|no batch",
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_lies_is_refused(package, lab, name) -> None:
    change, match = RECORDS[name]
    own = package()
    own.rewrite(change)
    refused(own, lab, match)


def test_json_that_is_none_is_refused(package, lab) -> None:
    own = package()
    text = (own.folder / RECORD).read_text(encoding="utf-8")
    for bad in (
        "[" * 200_000,
        "{",
        "NaN",
        '{"a": 1, "a": 2}',
        "[]",
        "1" * 10_000,
        "\x00",
        text.replace(": 0.", ": 1e999", 1),
    ):
        (own.folder / RECORD).write_text(bad, encoding="utf-8")
        refused(own, lab, r"run\.json")
    (own.folder / RECORD).write_bytes(b"\xff\xfe{}")
    refused(own, lab, r"run\.json")


@pytest.mark.parametrize("file", [RECORD, WEIGHTS, CHECKPOINT, IDS])
def test_links_folders_and_pipes_are_no_files(package, lab, tmp_path, file) -> None:
    own = package()
    path = own.folder / file
    real = path.rename(tmp_path / "elsewhere")
    path.symlink_to(real)
    refused(own, lab, "cannot be read")
    path.unlink()
    os.mkfifo(path)
    refused(own, lab, "no plain file")
    path.unlink()
    path.mkdir()
    refused(own, lab, "no plain file")


@pytest.mark.parametrize("file", [RECORD, WEIGHTS, CHECKPOINT, IDS])
def test_a_file_is_not_read_beyond_the_size_that_it_can_have(package, lab, file, monkeypatch) -> None:
    monkeypatch.setattr("cf_core.exports.importing.record.LARGEST_RECORD", 100_000)
    own = package()
    os.truncate(own.folder / file, 50 * 1_000**3)  # takes no room on the disk, and would take all of the memory
    refused(own, lab, "bytes that it can have")


@pytest.mark.parametrize("file", [WEIGHTS, CHECKPOINT])
def test_tensors_that_the_settings_do_not_make_are_refused(package, lab, file) -> None:
    metadata = {"position": json.dumps(position())} if file == CHECKPOINT else {}
    name = "model.item_factors.weight" if file == CHECKPOINT else "item_factors"

    def to(array: Any) -> Any:
        return lambda tensors: tensors.update({name: array(tensors[name])})

    for change in (
        to(lambda old: np.full_like(old, np.nan)),
        to(lambda old: np.where(old == old[0, 0], np.float32(np.inf), old)),
        to(lambda old: old[:-1].copy()),
        to(lambda old: old.reshape(-1)),
        to(lambda old: old.astype(np.float64)),
        lambda tensors: tensors.pop(name),
        lambda tensors: tensors.update(more=np.ones(3, np.float32)),
    ):
        own = package()
        own.change_tensors(file, change, **metadata)
        refused(own, lab, "weight|checkpoint")


def position(**more: Any) -> dict[str, Any]:
    progress = {"n_batches": 0, "loss_sum": 0.0, "n_ratings": 0, "seconds": 0.0}
    return {"n_epochs_done": 2, "so_far": progress, "held_rate": None, "watched": None, "first_loss": 1.0, **more}


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_epochs_done": 10**9},
        {"n_epochs_done": -1},
        {"n_epochs_done": "2"},
        {"so_far": {"n_batches": -5, "loss_sum": 0.0, "n_ratings": 0, "seconds": 0.0}},
        {"so_far": {}},
        {"held_rate": "fast"},
        {"watched": [0]},
        {"watched": [0, 10**6]},
        {"__class__": "os"},
    ],
)
def test_a_checkpoint_that_stands_nowhere_is_refused(package, lab, wrong) -> None:
    own = package()
    own.change_tensors(CHECKPOINT, lambda tensors: None, position=json.dumps(position(**wrong)))
    refused(own, lab, "position|checkpoint")
    own.change_tensors(CHECKPOINT, lambda tensors: None, position=json.dumps(position()))
    assert take_in(FolderSource(own.folder), lab).has_checkpoint


@pytest.mark.parametrize("header", [2**63, 200_000_000, 0, 5])
def test_a_header_that_lies_about_its_length_is_refused(package, lab, header) -> None:
    own = package()
    content = (own.folder / WEIGHTS).read_bytes()
    (own.folder / WEIGHTS).write_bytes(struct.pack("<Q", header) + content[8:])
    own.sign(WEIGHTS)
    refused(own, lab, "no safetensors file")


def test_ids_have_to_be_those_of_the_data(package, lab) -> None:
    own = package()
    ids = json.loads((own.folder / IDS).read_text(encoding="utf-8"))
    ids["user_ids"][0] = ids["user_ids"][1]  # not unique
    (own.folder / IDS).write_text(json.dumps(ids), encoding="utf-8")
    refused(own, lab, "checksum")
    own.sign(IDS)
    refused(own, lab, "other ids")


def test_a_zip_that_is_none_or_too_much_is_refused(package, lab, tmp_path) -> None:
    own, path = package(), tmp_path / "run.zip"
    path.write_bytes(b"PK")
    with pytest.raises(BadExportError, match="no zip"):
        source_of(path)
    with pytest.raises(BadExportError, match="no folder and no zip"):
        source_of(tmp_path / "nowhere")
    with zipfile.ZipFile(path, "w") as file:
        for number in range(1_001):
            file.writestr(str(number), "")
    with pytest.raises(BadExportError, match="list of files"):
        source_of(path)
    for wrong in (["a/run.json", "run.json"], ["a/b/run.json"], ["other.json"]):
        with zipfile.ZipFile(path, "w") as file:
            for name in wrong:
                file.writestr(name, "{}")
        with pytest.raises(BadExportError, match="not in it once"):
            source_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(own.folder / RECORD, RECORD)
        file.writestr(CHECKPOINT, b"\0" * 100_000_000)  # 97 KB in the zip
    with pytest.raises(BadExportError, match="bytes that it can have"):
        take_in(source_of(path), lab)
    assert left_of(lab) == []


def test_hundreds_of_damaged_exports_are_refused_or_harmless(package, lab, exported) -> None:
    draw, refusals = random.Random(0), 0
    whole = {name: (exported("notebook-net") / name).read_bytes() for name in (RECORD, WEIGHTS, CHECKPOINT, IDS)}
    own = package("notebook-net")
    for number in range(N_MUTATIONS):
        for name, content in whole.items():
            (own.folder / name).write_bytes(content)
        _mutate(own, draw)
        before = set(left_of_all(lab))
        try:
            run = take_in(FolderSource(own.folder), lab)
        except CFError as error:
            assert str(error).isprintable(), number
            assert set(left_of_all(lab)) == before, number
            refusals += 1
        else:
            _is_sound(lab, run.run_id)
    assert refusals > 0.8 * N_MUTATIONS


def left_of_all(lab: RunStore) -> list[str]:
    return [path.name for path in lab.folder.iterdir()]


def _is_sound(lab: RunStore, run_id: str) -> None:
    """A mutation that was let in changed nothing that could do harm."""
    run, factors = lab.get(run_id), lab.factors(run_id)
    assert run.outcome == "finished"
    assert lab.history(run_id).epochs[-1].epoch == run.n_epochs_done == 2
    assert np.isfinite(factors.user_factors).all()
    for text in (run.name, run.note, run.message, *run.versions.values()):
        assert without_controls(text) == text


def _mutate(own: Any, draw: random.Random) -> None:
    """One change: of bytes, with or without the right checksum, or of a value somewhere in the record."""
    file = draw.choice([RECORD, RECORD, RECORD, WEIGHTS, CHECKPOINT, IDS])
    path: Path = own.folder / file
    if file == RECORD and draw.random() < 0.8:
        own.rewrite(lambda record: _put_somewhere(record, draw))
        return
    content = bytearray(path.read_bytes())
    match draw.randrange(3):
        case 0:
            for _ in range(draw.randrange(1, 9)):
                content[min(int(draw.expovariate(0.01)), len(content) - 1)] = draw.randrange(256)
        case 1:
            del content[draw.randrange(len(content)) :]
        case 2:
            content += content[: draw.randrange(1, 1_000)]
    path.write_bytes(content)
    if file != RECORD and draw.random() < 0.7:
        with contextlib.suppress(ValueError):
            own.sign(file)


def _put_somewhere(value: Any, draw: random.Random) -> None:
    """Put something hostile into a random place of a tree of JSON, or take something out."""
    while True:
        keys = [*value] if isinstance(value, dict) else [*range(len(value))]
        if not keys:
            return
        key = draw.choice(keys)
        if isinstance(value[key], dict | list) and draw.random() < 0.8:
            value = value[key]
            continue
        if draw.random() < 0.2:
            del value[key]
        else:
            value[key] = draw.choice(HOSTILE)
        return
