"""The record of an exported run, `run.json`, as it comes in: every field checked on its own."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from cf_core.config import TrainingConfig
from cf_core.data.split import SplitConfig
from cf_core.errors import BadExportError, CFError
from cf_core.exports.importing.source import Source, read
from cf_core.exports.importing.typed_json import build, parse
from cf_core.exports.record import FORMAT, RECORD, VERSION
from cf_core.runs.spec import DeviceName
from cf_core.runs.texts import one_line
from cf_core.runs.workspace import AXIS, AXIS_NAME_LENGTH, NAME_LENGTH, NOTE_LENGTH
from cf_core.teaching.guesses import Guess
from cf_core.training.recipes import RECIPES

LARGEST_RECORD = 64_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class DataName:
    """What the record says of the data: the name of their folder, and their fingerprint."""

    name: str
    fingerprint: str


@dataclass(frozen=True)
class ExportedSpec:
    """A `RunSpec` without the folder of its data. Rate searches are not exported."""

    split: SplitConfig
    config: TrainingConfig
    device: DeviceName
    purpose: Literal["train"]


@dataclass(frozen=True)
class ExportedRun:
    """What `run.json` says, see `record_of`. The events of the history have not been looked at yet."""

    run_id: str
    name: str
    note: str
    axis_names: dict[str, str]
    guess: Guess | None
    created: str
    outcome: Literal["finished", "stopped", "failed", "diverged", "interrupted"]
    message: str
    n_epochs_done: int
    valid_loss: float | None
    rmse: float | None
    has_factors: bool
    has_checkpoint: bool
    versions: dict[str, str]
    data: DataName
    spec: ExportedSpec
    files: dict[str, str]


def read_record(source: Source) -> tuple[ExportedRun, list[dict[str, Any]]]:
    """The record, and the events of its history as plain JSON.

    Raises:
        BadExportError: it is missing, damaged, of a later version, or holds what no export holds.
    """
    text, _ = read(source, RECORD, LARGEST_RECORD)
    try:
        told = parse(text)
        if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
            raise BadExportError("this is not the record of an exported run")
        if told.pop("version", None) != VERSION:
            raise BadExportError("it was written by another version of CF Lab")
        history = told.pop("history", None)
        run = build(ExportedRun, told, "run")
        _check(run)
    except CFError as error:
        raise BadExportError(f"{source.name}: {RECORD} cannot be used: {error}. Export the run again.") from error
    if not isinstance(history, list):
        raise BadExportError(f"{source.name}: {RECORD} has no history. Export the run again.")
    return run, history


def _check(run: ExportedRun) -> None:
    """What the types alone do not say."""
    if run.spec.config.recipe not in RECIPES:
        raise BadExportError("its recipe is not known here")
    if one_line(run.name) != run.name or len(run.name) > NAME_LENGTH or len(run.note) > NOTE_LENGTH:
        raise BadExportError("its name or its note is longer than one may be")
    for axis, name in run.axis_names.items():
        if not AXIS.fullmatch(axis) or one_line(name) != name or not 1 <= len(name) <= AXIS_NAME_LENGTH:
            raise BadExportError("the name of an axis is not one that an axis can have")
    if not all(map(_SHA256.fullmatch, (run.data.fingerprint, *run.files.values()))):
        raise BadExportError("a checksum is none")
