"""Prints JSON lines for machines and tables for people."""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cf_core.errors import printable

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 120
"""Characters per line of a table that goes to a file or a pipe."""


def print_json(record: dict[str, Any]) -> None:
    """Print one JSON object on a line of its own, and flush. NaN and infinity become null."""
    sys.stdout.write(json.dumps(_plain(record), allow_nan=False) + "\n")
    sys.stdout.flush()


def _plain(value: Any) -> Any:
    """Convert `value` to types that JSON has; NumPy scalars and arrays become Python's."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def console() -> "Console":
    """Standard output, for people."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False, markup=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, text: Iterable[str] = ()) -> None:
    """Print a table; columns are right-aligned, except those named in `text`."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in text else "right")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console().print(table)


def number(value: float | None, digits: int = 3) -> str:
    """Format `value` for people, "–" where it is missing or not finite."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"
