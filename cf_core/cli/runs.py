"""The command `runs` lists the stored runs; other commands find a run with `find`."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cf_core.cli.output import console, number, print_json, print_table
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.errors import StoreError, UnknownRunError
from cf_core.runs.store.address import StoreAddress

if TYPE_CHECKING:
    from cf_core.runs.spec import Run
    from cf_core.runs.store.run_store import RunStore


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("runs", help="list the runs", description="List the runs, newest first.")
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print all runs, and on standard error those that cannot be read. A folder that does not exist is not created: it
    has no runs."""
    store = open_store(arguments.runs) if _exists(arguments.runs) else None
    found = [] if store is None else store.runs()
    for reason in {} if store is None else store.unreadable().values():
        print(reason, file=sys.stderr)
    if arguments.json:
        for each in found:
            print_json(_fields(each))
    elif found:
        _print(found, arguments.runs)
    else:
        hint = f"No runs in {arguments.runs} yet. Train one: python -m cf_core train --recipe fast"
        console().print(hint, soft_wrap=True)
    return 0


def open_store(address: StoreAddress) -> "RunStore":
    """Open the store at `address`.

    Raises:
        StoreError: its folder does not exist, or its database cannot be reached.
    """
    from cf_core.runs.store.run_store import RunStore

    if not _exists(address):
        raise StoreError(f"{address}: there is no such folder of runs. Train a run first, or name another with --runs.")
    return RunStore(address)


def _exists(address: StoreAddress) -> bool:
    """Whether the folder is there; whether a database is, opening it will show."""
    return not address.is_folder or address.folder.exists()


def find(store: "RunStore", name: str) -> "Run":
    """Find the run with that id, or the only one whose id begins with it; "latest" is the newest run with factors.

    Raises:
        UnknownRunError: there is none, or more than one.
    """
    runs = store.runs()
    if name == "latest":
        matches = [run for run in runs if run.has_factors][:1]
    else:
        matches = [run for run in runs if run.run_id == name] or [run for run in runs if run.run_id.startswith(name)]
    if len(matches) > 1:
        ids = ", ".join(run.run_id for run in matches)
        raise UnknownRunError(f"'{name}' could be any of {ids}. Give more of the id.")
    return matches[0] if matches else store.get(name)


def _fields(run: "Run") -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "recipe": run.spec.config.recipe,
        "outcome": run.outcome,
        "created": run.created.isoformat(),
        "epochs": run.n_epochs_done,
        "valid_loss": run.valid_loss,
        "rmse": run.rmse,
    }


def _print(runs: "list[Run]", address: StoreAddress) -> None:
    rows = [
        [
            run.run_id,
            run.outcome,
            f"{run.created.astimezone():%Y-%m-%d %H:%M}",
            f"{run.n_epochs_done} of {run.spec.config.n_epochs}",
            number(run.valid_loss),
            number(run.rmse),
        ]
        for run in runs
    ]
    columns = ["run", "outcome", "created", "epochs", "valid_loss (MSE)", "RMSE"]
    print_table(f"Runs in {address}", columns, rows, text=("run", "outcome", "created"))
