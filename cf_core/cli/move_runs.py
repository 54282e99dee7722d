"""The command `move-runs`: copy a store from a folder to a database, or back, checked by count and checksum."""

import argparse
import os
import sys

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json
from cf_core.remote.url import is_url
from cf_core.runs.store.address import FILES, StoreAddress


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "move-runs",
        help="copy all runs to another place",
        description="Copy a store whole: from a folder to a PostgreSQL database with its files elsewhere, or back. "
        "Every table and file is checked by count and SHA-256; the source stays as it is. End the lab's servers first. "
        "A password in an argument can be read by others on this machine: leave it to PGPASSWORD or ~/.pgpass.",
    )
    parser.add_argument("source", metavar="FROM", help="folder of the runs, or URL of their database")
    parser.add_argument("target", metavar="TO", help="new folder, or URL of an empty database")
    parser.add_argument("--from-files", metavar="PLACE", help="files of a database at FROM (that of CF_LAB_FILES)")
    parser.add_argument("--to-files", metavar="PLACE", help="files of a database at TO (that of CF_LAB_FILES)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copy, with the progress on standard error, and print the counts."""
    source = _address(arguments.source, arguments.from_files)
    target = _address(arguments.target, arguments.to_files)
    from cf_core.runs.move import move_runs

    moved = move_runs(source, target, _report)
    if arguments.json:
        print_json({"event": "moved", "rows": moved.rows, "files": moved.n_files, "bytes": moved.n_bytes})
        return 0
    tables = ", ".join(f"{n_rows:,} {name.replace('_', ' ')}" for name, n_rows in moved.rows.items() if n_rows)
    line = f"Copied and checked: {tables or 'no rows'}; {moved.n_files:,} files of {moved.n_bytes / 10**6:,.1f} MB."
    console().print(line, soft_wrap=True)
    return 0


def _address(place: str, files: str | None) -> StoreAddress:
    return StoreAddress.of(place, files or (os.environ.get(FILES) if is_url(place) else None))


def _report(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{what:<40}", end="\r", file=sys.stderr, flush=True)
