"""The command `import-run`: takes in a run that `export` wrote, here or in another lab."""

import argparse
from pathlib import Path

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json, add_runs


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "import-run",
        help="take in an exported run",
        description="Take in a run that `export` wrote, with its weights. The data that it was trained on have to be "
        "in this lab. It gets a new id, and can be looked at and continued like a run that was trained here.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what `export` wrote, or a zip of it")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of its data (looked for by their fingerprint)")
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import it and say its new id."""
    from cf_core.exports.importing.find_data import data_of_lab
    from cf_core.exports.importing.import_run import import_run
    from cf_core.exports.importing.source import source_of
    from cf_core.runs.store.run_store import RunStore

    store, source = RunStore(arguments.runs), source_of(arguments.folder)
    places = data_of_lab() if arguments.data is None else [str(arguments.data)]
    found = import_run(source, store.files, store.add_ended, places)
    if arguments.json:
        print_json({"event": "imported", "run_id": found.run_id, "data": found.spec.data})
    else:
        console().print(f"Imported as {found.run_id}, on the data in {found.spec.data}.", soft_wrap=True)
    return 0
