"""The README of an export: what each file is, and the line that reads it."""

from collections.abc import Iterable

from cf_core.errors import printable
from cf_core.exports.contents import RunContents
from cf_core.exports.part import Note
from cf_core.exports.record import RECORD
from cf_core.runs.run_names import run_name

README = "README.md"
IMPORTS = "import json, numpy, pandas, safetensors.numpy"
_RECORD = Note(
    RECORD,
    "The run: its settings, how it ended, its whole history, the fingerprint of its data, the versions that its "
    "numbers depend on, and the SHA-256 of every file here. With the weights beside it, another CF Lab that has the "
    "same data takes the run in: `python -m cf_core import-run FOLDER`.",
    f'run = json.load(open("{RECORD}", encoding="utf-8"))',
)


def readme(contents: RunContents, notes: Iterable[Note]) -> str:
    """The whole file."""
    run, ratings = contents.run, contents.ratings
    rmse = "" if run.rmse is None else f", RMSE {run.rmse:.4f} on the validation ratings"
    head = (
        f"# A run of CF Lab\n\n{_plain(run_name(run))}\n\nTrained by the recipe {_plain(run.spec.config.recipe)} on "
        f"{_plain(ratings.name)}: {run.outcome} after {run.n_epochs_done} epochs{rmse}.\n\n"
        f"Each file with the line of Python that reads it, in this folder and after\n\n```python\n{IMPORTS}\n```\n"
    )
    return head + "".join(map(_section, (_RECORD, *notes)))


def _section(note: Note) -> str:
    code = f"\n```python\n{note.read}\n```\n" if note.read else ""
    return f"\n## {note.file}\n\n{note.says}\n{code}"


def _plain(text: str) -> str:
    """Names of people and folders in one line, as a code span, so that none of it is Markdown."""
    return f"`{printable(text).replace('`', chr(39))}`"
