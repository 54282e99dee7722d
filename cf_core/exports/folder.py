"""Exports a run into a new folder, whole or not at all."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cf_core.errors import ConfigError
from cf_core.exports.contents import RunContents
from cf_core.exports.part import Note, Part
from cf_core.exports.readme import README, readme
from cf_core.exports.record import write_record
from cf_core.files import new_folder

PartReport = Callable[[Part, int, int], None]
"""Is told of a part how much of it is done, of how much."""


def export_run(
    contents: RunContents, parts: Sequence[Part], target: Path, report: PartReport = lambda *_: None
) -> list[str]:
    """Write the parts, `run.json` and `README.md` into `target`, which is created; the files by name.

    Everything is written into a hidden folder beside it first, so that `target` is never there half.

    Raises:
        ConfigError: `target` is a file, or a folder that holds something.
        StoreError: a part needs weights that the run does not have, or the disk cannot be written.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError(f"{target}: there is something already. Name a new folder, or an empty one.")
    with new_folder(target) as folder:
        return write_into(contents, parts, folder, report)


def write_into(
    contents: RunContents, parts: Sequence[Part], folder: Path, report: PartReport = lambda *_: None
) -> list[str]:
    """The same into a folder that is there and empty."""
    notes: list[Note] = []
    for part in parts:
        notes += part.write(contents, folder, lambda done, total, part=part: report(part, done, total))  # type: ignore[misc]
    (folder / README).write_text(readme(contents, notes), encoding="utf-8")
    files = [README, *(note.file for note in notes)]
    write_record(contents, folder, files)
    return files
