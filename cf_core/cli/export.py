"""The command `export`: a run as files for other programs and other labs."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.cli.runs import find, open_store

if TYPE_CHECKING:
    from cf_core.exports.folder import PartReport
    from cf_core.exports.part import Part


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "export",
        help="write a run as files",
        description="Write a run into a new folder: weights, tables, predictions, and a README that says how to read "
        "each file. Another lab takes it in with `import-run`.",
    )
    parser.add_argument("name", metavar="RUN", help='id of a run, the beginning of one, or "latest"')
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder, or an empty one")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        metavar="PART,PART",
        help="weights, factors, projector, recommendations, predictions, history, notebook (all)",
    )
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the folder; with `--json` say of each part how far it is."""
    from cf_core.data.reading import read_ratings
    from cf_core.exports.contents import RunContents
    from cf_core.exports.folder import export_run
    from cf_core.exports.parts import parts_of

    store = open_store(arguments.runs)
    found = find(store, arguments.name)
    parts = parts_of(found, arguments.only)
    contents = RunContents.of(store, found, read_ratings(found.spec.data))
    with _lines() if arguments.json else _bars() as report:
        files = export_run(contents, parts, arguments.to, report)
    if arguments.json:
        print_json({"event": "exported", "run_id": found.run_id, "folder": str(arguments.to), "files": files})
    else:
        text = f"Wrote {len(files) + 1} files into {arguments.to}. README.md says how to read each."
        console().print(text, soft_wrap=True)
    return 0


@contextlib.contextmanager
def _lines() -> "Iterator[PartReport]":
    yield lambda part, done, total: print_json({"event": "progress", "part": part.name, "done": done, "total": total})


@contextlib.contextmanager
def _bars() -> "Iterator[PartReport]":
    """A bar per part, on a terminal."""
    from rich.progress import Progress, TaskID

    screen, tasks = console(), dict[str, TaskID]()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:

        def report(part: "Part", done: int, total: int) -> None:
            if part.name not in tasks:
                tasks[part.name] = progress.add_task(part.title)
            progress.update(tasks[part.name], completed=done, total=total)

        yield report
