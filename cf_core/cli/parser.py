"""Options and types that several commands share."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from cf_core.errors import ConfigError
from cf_core.runs.store.address import StoreAddress

Commands = Any
"""The result of `add_subparsers`, whose type is private to argparse."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `ConfigError` where argparse would print its usage and exit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}. See {self.prog} --help.")


def add_json(parser: argparse._ActionsContainer) -> None:
    """`--json`, for every command."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line, for machines")


def add_runs(parser: argparse.ArgumentParser) -> None:
    """`--runs`, for every command that reads or writes runs."""
    parser.add_argument(
        "--runs",
        type=_address,
        default="",
        metavar="DIR",
        help="folder of the runs (that of CF_LAB_RUNS, or runs), or URL of a PostgreSQL database",
    )


def _address(given: str) -> StoreAddress:
    """The address that somebody gives, or else that of the environment, which is read only then."""
    return StoreAddress.read(given) if given else StoreAddress.from_env(Path("runs"))


def add_data(parser: argparse.ArgumentParser) -> None:
    """`--data`, for every command that reads ratings; see `data_folder`."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder or zip of the data set (ml-latest-small)")


def data_folder(arguments: argparse.Namespace) -> Path:
    """The folder or zip that `--data` names, or that of the embedded data set."""
    from cf_core.data.reading import EMBEDDED

    return arguments.data if arguments.data is not None else EMBEDDED


def positive(text: str) -> int:
    """Parse a whole number from 1, as the `type` of an option."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number
