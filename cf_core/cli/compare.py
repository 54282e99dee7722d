"""The command `compare`: the settings in which runs differ, and what came of them."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cf_core.cli.output import number, print_json, print_table
from cf_core.cli.parser import Commands, add_json, add_runs
from cf_core.cli.runs import find, open_store
from cf_core.errors import ConfigError
from cf_core.settings import format_value

if TYPE_CHECKING:
    from cf_core.runs.experiment import Experiment
    from cf_core.runs.spec import Run


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compare",
        help="the settings in which runs differ, and what came of them",
        description="Compare runs on the same data, the lowest RMSE first. Runs without an RMSE are left out.",
    )
    parser.add_argument("names", nargs="+", metavar="RUN", help='ids of runs, the beginnings of some, or "latest"')
    add_runs(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each run.

    Raises:
        UnknownRunError: there is no such run, or more than one.
        ConfigError: they are on different data, or fewer than two of them have an RMSE.
    """
    from cf_core.runs.experiment import RMSE, experiment

    store = open_store(arguments.runs)
    runs = list({each.run_id: each for each in (find(store, name) for name in arguments.names)}.values())
    _check_data(runs)
    histories = {each.run_id: store.history(each.run_id).epochs for each in runs}
    found = experiment(runs, {run_id: epochs[-1].train_loss for run_id, epochs in histories.items() if epochs})
    if len(found.table) < 2:
        raise ConfigError("Fewer than two of these runs have an RMSE. Name others, or train them to the end.")
    table = found.table.sort_values(RMSE, kind="stable")
    columns = [*found.results, *found.settings]
    lines = [{"run_id": run_id, **{name: table[name][run_id] for name in columns}} for run_id in table.index]
    if arguments.json:
        for line in lines:
            print_json(_fields(line, found))
    else:
        _print(lines, found)
    return 0


def _check_data(runs: "list[Run]") -> None:
    data = {each.spec.data for each in runs}
    if len(data) > 1:
        names = ", ".join(sorted(Path(one).name for one in data))
        raise ConfigError(f"These runs are on different data ({names}): their errors do not compare. Name others.")


def _fields(line: dict[str, Any], found: "Experiment") -> dict[str, Any]:
    settings = {name: line[name] for name in found.settings}
    return {"run_id": line["run_id"], "settings": settings, **{name.lower(): line[name] for name in found.results}}


def _print(lines: list[dict[str, Any]], found: "Experiment") -> None:
    columns = [*found.results, *found.settings]
    rows = [[line["run_id"], *(_cell(line[name], name in found.results) for name in columns)] for line in lines]
    print_table("Runs, the lowest RMSE first", ["run", *columns], rows, text=("run",))


def _cell(value: Any, is_result: bool) -> str:
    if isinstance(value, float):
        return number(value, 4) if is_result else "–" if math.isnan(value) else format_value(float(f"{value:.6g}"))
    return "–" if value is None else str(value)
