"""The command `import`: any table of ratings, or a MovieLens edition, becomes a data set that `--data` takes."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cf_core.cli.output import console, print_json
from cf_core.cli.parser import Commands, add_json
from cf_core.environment import PROJECT, folder_from_env
from cf_core.errors import ConfigError

if TYPE_CHECKING:
    from cf_core.data.tables.options import ImportOptions, ImportSummary, Roles, Understood

REPEATED = ("refuse", "last", "mean")


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "import",
        help="turn any table of ratings into a data set",
        description="Read a table of ratings (CSV, TSV or semicolons, compressed or not, or Parquet), also alone in a "
        "zip, or a MovieLens edition as a folder or zip, and write it as a data set into the folder CF_LAB_DATA (the "
        "project's data). Which column is what is told by names and contents, and printed; each can be named.",
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the file, folder or zip")
    parser.add_argument("--name", required=True, metavar="NAME", help="of the new data set")
    for role, what in (("user", "users"), ("item", "items"), ("rating", "ratings"), ("time", "times")):
        parser.add_argument(f"--{role}", metavar="COLUMN", help=f"column of the {what}")
    parser.add_argument("--no-time", action="store_true", help="leave the times out")
    header = parser.add_mutually_exclusive_group()
    header.add_argument("--header", action="store_true", default=None, help="the first line names the columns")
    header.add_argument("--no-header", dest="header", action="store_false",
                        help="the first line is a rating; columns are called 'column 1' and so on")  # fmt: skip
    parser.add_argument("--titles", type=Path, metavar="FILE", help="a table with ids, titles and genres of the items")
    parser.add_argument("--repeated", choices=REPEATED, default="refuse",
                        help="what counts where a user rates an item again (refuse)")  # fmt: skip
    parser.add_argument("--item-word", metavar="WORD", help="what is rated, as in book")
    parser.add_argument("--items-word", metavar="WORD", help="its plural, as in books")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say what is understood, import, and say what was written."""
    from cf_core.data.tables.importing import import_data_set
    from cf_core.data.tables.names import check_free, check_name
    from cf_core.data.tables.understand import understand

    target = folder_from_env("CF_LAB_DATA", PROJECT / "data") / check_name(arguments.name)
    check_free(target)
    understood = understand(arguments.source, arguments.header)
    options = _options(arguments, understood)
    with _Lines() if arguments.json else _Screen() as display:
        display.understood(understood, options)
        summary = import_data_set(arguments.source, target, options, display.progress)
        display.imported(target, summary)
    return 0


def _options(arguments: argparse.Namespace, understood: "Understood") -> "ImportOptions":
    from cf_core.data.tables.column_names import plural_of
    from cf_core.data.tables.options import ImportOptions
    from cf_core.words import Words

    words = None
    if arguments.items_word and not arguments.item_word:
        raise ConfigError("--items-word is the plural of --item-word. Give both.")
    if arguments.item_word:
        plural = arguments.items_word or plural_of(arguments.item_word)
        words = Words(arguments.item_word, plural)
    roles = _roles(arguments, understood)
    return ImportOptions(roles, arguments.repeated, words, arguments.titles, arguments.header)


def _roles(arguments: argparse.Namespace, understood: "Understood") -> "Roles | None":
    """The roles that are understood, with those that the command line names in their place."""
    from cf_core.data.tables.options import Roles

    named = {role: getattr(arguments, role) for role in ("user", "item", "rating", "time")}
    named = {role: column for role, column in named.items() if column is not None}
    if arguments.no_time and "time" in named:
        raise ConfigError("--time and --no-time exclude each other. Give one of them.")
    if not named and not arguments.no_time:
        return understood.roles
    there = {} if understood.roles is None else understood.roles.named
    there = {role: column for role, column in there.items() if column not in named.values()}
    roles: dict[str, str | None] = {**there, **named}
    if arguments.no_time:
        roles["time"] = None
    missing = [role for role in ("user", "item", "rating") if role not in roles]
    if missing:
        raise ConfigError(f"The column of the {missing[0]}s is not told. Name it with --{missing[0]} COLUMN.")
    return Roles(**roles)  # type: ignore[arg-type]  # the three that must be there are


class _Lines:
    """Prints a JSON object per line."""

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None: ...

    def understood(self, understood: "Understood", options: "ImportOptions") -> None:
        roles = {} if options.roles is None else options.roles.named
        print_json({"event": "understood", "kind": understood.kind, "roles": roles, "why": list(understood.why)})

    def progress(self, done: int, total: int) -> None:
        print_json({"event": "progress", "done": done, "total": total})

    def imported(self, target: Path, summary: "ImportSummary") -> None:
        words = summary.words
        print_json(
            {
                "event": "imported",
                "folder": str(target),
                "n_ratings": summary.n_ratings,
                "n_users": summary.n_users,
                "n_items": summary.n_items,
                "n_repeated": summary.n_repeated,
                "words": {"item": words.item, "items": words.items, "unit": words.unit},
                "notes": list(summary.notes),
            }
        )


class _Screen:
    """Prints what is understood and what was written and, on a terminal, a progress bar between."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = console()
        bar = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
        self.bar = Progress(*bar, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.bar.add_task("importing", total=None)

    def __enter__(self) -> "_Screen":
        self.bar.__enter__()
        return self

    def __exit__(self, *reason: Any) -> None:
        self.bar.__exit__(*reason)

    def understood(self, understood: "Understood", options: "ImportOptions") -> None:
        if options.roles == understood.roles:
            self._print(*understood.why)
        elif options.roles is not None:
            self._print("; ".join(f"{role}: {column}" for role, column in options.roles.named.items()))

    def progress(self, done: int, total: int) -> None:
        self.bar.update(self.task, completed=done, total=total)

    def imported(self, target: Path, summary: "ImportSummary") -> None:
        items = summary.words.count(summary.n_items)
        self._print(*summary.notes)
        self._print(
            f"{target}: {summary.n_ratings:,} ratings of {items} by {summary.n_users:,} users.",
            f"Go on with: python -m cf_core train --data '{target}' --recipe fast",
        )

    def _print(self, *lines: str) -> None:
        from cf_core.errors import printable

        for line in lines:
            self.bar.console.print(printable(line), soft_wrap=True)
