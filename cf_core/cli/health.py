"""The command `health`: whether the store and its queue are well."""

import argparse

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.cli.runs import open_store

UNWELL = 1


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "health",
        help="whether the store is well",
        description="Say whether the store can be read and written, how much room its disk has, and how many runs are "
        "in training and waiting. Exit status 1 where something is wrong.",
    )
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the state of the store in one line, and one line for each problem."""
    from cf_core.runs.health import health_of_store
    from cf_core.runs.limits import Limits

    found = health_of_store(lambda: open_store(arguments.runs), Limits.from_env())
    if arguments.json:
        print_json(found.to_json())
    else:
        room = "" if found.free_mb is None else f"; {found.free_mb:,} MB free"
        state = "well" if found.ok else "not well"
        lines = [f"{state}: {found.n_training} runs in training, {found.n_waiting} waiting{room}", *found.problems]
        for line in lines:
            console().print(line, soft_wrap=True)
    return 0 if found.ok else UNWELL
