"""A second lab that has the data, and packages to import into it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file, save_file

from cf_core.exports.importing.find_data import data_of_lab
from cf_core.exports.importing.import_run import import_run
from cf_core.exports.importing.source import Source
from cf_core.exports.record import RECORD, sha256_of
from cf_core.runs.spec import Run
from cf_core.runs.store.run_store import RunStore


@pytest.fixture
def lab(tmp_path: Path, awkward_data: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """The store of the lab that imports."""
    monkeypatch.setenv("CF_LAB_DATA", str(awkward_data.parent))
    return RunStore(tmp_path / "lab")


def take_in(source: Source, lab: RunStore, places: list[str] | None = None) -> Run:
    """Import as the command line does."""
    return import_run(source, lab.files, lab.add_ended, data_of_lab() if places is None else places)


class Package:
    """A copy of an export, to be tampered with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def record(self) -> dict[str, Any]:
        return json.loads((self.folder / RECORD).read_text(encoding="utf-8"))

    def rewrite(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the record."""
        record = self.record
        change(record)
        (self.folder / RECORD).write_text(json.dumps(record), encoding="utf-8")

    def sign(self, file: str) -> None:
        """Give a changed file the checksum that it has now, as a liar would."""
        self.rewrite(lambda record: record["files"].update({file: sha256_of(self.folder / file)}))

    def change_tensors(self, file: str, change: Callable[[dict[str, Any]], None], **metadata: str) -> None:
        """Change the tensors of a file, and sign it."""
        tensors = load_file(self.folder / file)
        change(tensors)
        save_file(tensors, self.folder / file, metadata or None)
        self.sign(file)


@pytest.fixture
def package(exported, tmp_path: Path) -> Callable[[str], Package]:
    def copy(recipe: str = "best") -> Package:
        shutil.copytree(exported(recipe), tmp_path / "package", dirs_exist_ok=True)
        return Package(tmp_path / "package")

    return copy
