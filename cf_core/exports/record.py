"""The file `run.json` of an export: what the run is, how it went, and the checksum of every other file."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cf_core.exports.contents import RunContents

RECORD = "run.json"
FORMAT = "cf-lab-run"
VERSION = 1


def write_record(contents: RunContents, folder: Path, files: Iterable[str]) -> None:
    """Write the file for an export that holds `files`."""
    record = record_of(contents) | {"files": {name: sha256_of(folder / name) for name in sorted(files)}}
    (folder / RECORD).write_text(json.dumps(record, indent=1, allow_nan=False), encoding="utf-8")


def record_of(contents: RunContents) -> dict[str, Any]:
    """What the file says, without the checksums. It names the data set, not the folder that it was in, and has neither
    owner nor link."""
    run, ratings = contents.run, contents.ratings
    spec = run.spec.to_json()
    del spec["data"], spec["sweep"]  # neither the folder nor the sweep goes along
    return {
        "format": FORMAT,
        "version": VERSION,
        "run_id": run.run_id,
        "name": run.name,
        "note": run.note,
        "axis_names": run.axis_names,
        "guess": None if run.guess is None else run.guess.to_json(),
        "created": run.created.isoformat(),
        "outcome": run.outcome,
        "message": run.message,
        "n_epochs_done": run.n_epochs_done,
        "valid_loss": run.valid_loss,
        "rmse": run.rmse,
        "has_factors": run.has_factors,
        "has_checkpoint": run.has_checkpoint,
        "versions": run.versions,
        "data": {"name": ratings.name, "fingerprint": run.fingerprint},
        "spec": spec,
        "history": contents.history.to_json(),
    }


def sha256_of(path: Path) -> str:
    """The checksum of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
