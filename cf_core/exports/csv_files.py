"""CSV files of an export: written in parts, and the line of pandas that reads them back exactly."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cf_core.spreadsheet import csv_of

ROWS_AT_ONCE = 20_000
UNGUARDED = (
    "Text that begins with one of `= + - @ '` has an apostrophe in front, so that no spreadsheet takes it for a "
    "formula: take one away to have the text itself."
)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table that is in memory, a part at a time."""
    write_parts((table[start : start + ROWS_AT_ONCE] for start in range(0, max(len(table), 1), ROWS_AT_ONCE)), path)


def write_parts(parts: Iterable[pd.DataFrame], path: Path) -> None:
    """Write tables with the same columns one below the other, under one header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, part in enumerate(parts):
            file.write(csv_of(part, header=number == 0))


def read_line(name: str, table: pd.DataFrame) -> str:
    """Python that reads the file: whole numbers and texts keep their type, whatever they look like ("007", "NA"), and
    32-bit numbers come back to the last bit."""
    named = ", ".join(f'"{column}": "str"' for column in table.select_dtypes(include=["object", "string"]))
    as_text = f", dtype={{{named}}}, keep_default_na=False" if named else ""
    return f'pandas.read_csv("{name}"{as_text})'
