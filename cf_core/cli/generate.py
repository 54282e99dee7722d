"""The command `generate`: ratings whose truth is known."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json
from cf_core.data.made_up.options import OPTIONS, MadeUpOptions
from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import ConfigError

if TYPE_CHECKING:
    from cf_core.data.made_up.generation import MadeUp

SHORT = {"n_factors": "factors", "n_ratings": "ratings", "n_users": "users", "n_items": "items"}
"""Options of the command line that leave the "n_" away."""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "generate",
        help="make up ratings whose truth is known",
        description="Make up ratings: plant factors and biases, choose who rates what, add noise, round. The data set "
        "is a folder that --data takes, with the planted truth beside the ratings.",
    )
    parser.add_argument("--name", required=True, metavar="NAME", help="of the data set, a new folder under CF_LAB_DATA")
    for field in fields(MadeUpOptions):
        option = OPTIONS[field.name]
        parser.add_argument(
            f"--{SHORT.get(field.name, field.name).replace('_', '-')}",
            dest=field.name,
            metavar={"seed": "S"}.get(field.name, "N" if option.kind is int else "X"),
            help=f"{option.help} ({field.default})",
        )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the data set, and say where it is and how well it can be predicted at best."""
    from cf_core.data.made_up.files import write_made_up
    from cf_core.data.made_up.generation import make_up
    from cf_core.data.tables.canonical import new_data_set
    from cf_core.data.tables.names import check_name

    target = folder_from_env("CF_LAB_DATA", PROJECT / "data") / check_name(arguments.name)
    given = {field.name: getattr(arguments, field.name) for field in fields(MadeUpOptions)}
    options = MadeUpOptions(**{name: _number(name, text) for name, text in given.items() if text is not None})
    with new_data_set(target) as folder:
        made = make_up(options)
        write_made_up(folder, made)
    _report(target, made, arguments.json)
    return 0


def _number(name: str, text: str) -> Any:
    """The text as the number that the option of that name takes."""
    kind = OPTIONS[name].kind
    try:
        return kind(text)
    except ValueError as error:
        what = "a whole number" if kind is int else "a number"
        raise ConfigError(f"--{SHORT.get(name, name).replace('_', '-')} {text}: this is not {what}.") from error


def _report(folder: Path, made: "MadeUp", as_json: bool) -> None:
    options, floor = made.planted.options, made.noise_floor()
    if as_json:
        sizes = {name: getattr(options, name) for name in ("n_users", "n_items", "n_ratings", "n_factors")}
        strengths = made.planted.strengths()
        print_json({"event": "generated", "folder": str(folder), **sizes, "noise_floor": floor, "strengths": strengths})
        return
    lines = (
        f"{folder}: {options.n_ratings:,} ratings of {options.n_users:,} users for {options.n_items:,} items, with "
        f"{options.n_factors} factors planted. Nobody can predict them with an RMSE below {floor:.3f}.",
        f"Go on with: python -m cf_core train --data '{folder}' --recipe fast --set n_factors={options.n_factors}",
    )
    for line in lines:
        console().print(line, soft_wrap=True)
