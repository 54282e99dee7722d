"""Opens a table of any kind: its columns and first rows at once, all its rows when they are asked for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cf_core.data.csv_rows import Records, RowLines
from cf_core.data.raw import TextColumn
from cf_core.data.tables import parquet_file
from cf_core.data.tables.column_names import is_known
from cf_core.data.tables.options import LARGEST
from cf_core.data.tables.table_file import TableFile
from cf_core.data.tables.text_file import TextFile, read_beginning, read_text
from cf_core.data.tables.text_rows import DELIMITERS, delimiter_of, read_rows, sampled
from cf_core.errors import DataFormatError, EmptyFileError, MissingColumnError

_NUMBER_OR_DATE = re.compile(r"\s*(?:[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?|\d{4}-\d\d-\d\d.*)\s*")
_N_TELLING = 2
"""So many known names make a line a header, even beside a number."""


@dataclass(frozen=True, eq=False)
class Layout:
    """How a table is laid out. `sample` are some hundred rows from its beginning, as text."""

    table: TableFile
    columns: tuple[str, ...]
    sample: pd.DataFrame
    has_header: bool
    delimiter: str | None
    encoding: str | None

    @property
    def file(self) -> Path:
        """What messages call it."""
        return self.table.path

    @property
    def notes(self) -> list[str]:
        """Whole sentences on what was found out about the file."""
        where = [f"The table in the zip is {self.table.name}."] if self.table.is_packed else []
        if self.delimiter is None:
            return [*where, "The file is Parquet."]
        header = "the first line names the columns" if self.has_header else "there is no header"
        notes = [*where, f"The values are parted by {DELIMITERS[self.delimiter]}, and {header}."]
        return notes + encoding_notes(self.encoding)


@dataclass(frozen=True, eq=False)
class Table:
    """All rows of some columns as text. `wrong` are rows that could not be taken in, an error each."""

    layout: Layout
    values: dict[str, pd.Series]
    encoding: str | None
    wrong: list[DataFormatError]
    lines: Callable[[], Iterator[int]]

    def column(self, name: str) -> TextColumn:
        """A column with its place in the file."""
        return TextColumn(name, self.layout.file, self.line_of, self.values[name])

    def line_of(self, row: int) -> int:
        """The line on which a row begins; of Parquet, the row counted from 1."""
        return self._lines[row]

    @cached_property
    def _lines(self) -> RowLines:
        return RowLines(self.lines())


def open_layout(table: TableFile, has_header: bool | None = None, least: int = 3, most_bytes: int = LARGEST) -> Layout:
    """Look at the beginning of a table.

    Args:
        has_header: whether the first line names the columns; None to find out.
        least: how many columns it must have.
        most_bytes: that its first rows may take; a text is cut before.

    Raises:
        MissingFileError, EncodingError, EmptyFileError, BadValueError: it cannot be read.
        MissingColumnError: it has fewer columns, or is Parquet and said to have no header.
        DataFormatError: the first rows are too large.
    """
    if parquet_file.is_parquet(table.first_bytes()):
        if has_header is False:
            cure = "Do not say that it has no header."
            raise MissingColumnError("Parquet always names its columns", file=table.path, cure=cure)
        columns, sample = parquet_file.read_beginning(table, most_bytes)
        layout = Layout(table, columns, sample, True, None, None)
    else:
        layout = _text_layout(table, read_beginning(table), has_header, least)
    if len(layout.columns) < least:
        problem = f"there {'is' if len(layout.columns) == 1 else 'are'} only {len(layout.columns)} column(s)"
        cure = f"A table has {least} or more, with commas, semicolons or tabs between the values."
        raise MissingColumnError(problem, file=table.path, line=1, cure=cure)
    return layout


def read_table(layout: Layout, names: list[str], most_bytes: int, *, strict: bool) -> Table:
    """Read all rows of the columns `names`; with `strict`, a row that cannot be taken in is raised.

    Raises:
        as `open_layout`, and DataFormatError where the table is too large.
    """
    names = list(dict.fromkeys(names))
    if layout.delimiter is None:
        values = parquet_file.read_columns(layout.table, names, most_bytes)
        n_rows = len(next(iter(values.values())))
        return Table(layout, values, None, [], lambda: iter(range(1, n_rows + 1)))
    text = read_text(layout.table, most_bytes)
    width, delimiter = len(layout.columns), layout.delimiter
    rows = read_rows(layout.file, text.data, delimiter, width, has_header=layout.has_header, strict=strict)
    found = {name: _series(rows.values.column(layout.columns.index(name))) for name in names}

    def lines() -> Iterator[int]:
        every = islice(Records(layout.file, text.data, delimiter), int(layout.has_header), None)
        return (line for line, row in every if len(row) == width)

    return Table(layout, found, text.encoding, rows.wrong, lines)


def encoding_notes(encoding: str | None) -> list[str]:
    """What to say of an encoding that is not UTF-8."""
    if encoding == "Windows-1252":
        return ["The file is not UTF-8; it was read as Windows-1252 (Latin-1), so look at letters with accents."]
    return [f"The file is {encoding}."] if encoding == "UTF-16" else []


def _text_layout(table: TableFile, text: TextFile, has_header: bool | None, least: int) -> Layout:
    delimiter = delimiter_of(text.data, least)
    if delimiter is None:
        if not text.data.strip():
            raise EmptyFileError("the file is empty", file=text.file, cure="Give it rows of ratings.")
        problem, cure = "there is only one column", "Part the values with commas, semicolons or tabs."
        raise MissingColumnError(problem, file=text.file, line=1, cure=cure)
    rows = sampled(text.data, delimiter)
    rows = rows[:-1] if not text.is_whole and len(rows) > 1 else rows
    first, *rest = rows
    named = _is_header(first, rest) if has_header is None else has_header
    columns = _unique(first if named else [""] * len(first))
    even = [row for row in (rest if named else rows) if len(row) == len(columns)]
    sample = pd.DataFrame(even, columns=list(columns), dtype="str")
    return Layout(table, columns, sample, named, delimiter, text.encoding)


def _is_header(first: list[str], rest: list[list[str]]) -> bool:
    """A header has known names, or words above numbers."""
    n_known = sum(map(is_known, first))
    if n_known >= _N_TELLING:
        return True
    if any(_NUMBER_OR_DATE.fullmatch(cell) for cell in first):
        return False
    even = [row for row in rest if len(row) == len(first)]
    return (
        n_known > 0 or not rest or any(all(map(_NUMBER_OR_DATE.fullmatch, cells)) for cells in zip(*even, strict=True))
    )


def _unique(names: list[str]) -> tuple[str, ...]:
    """The names, made up where they are empty and numbered where they come again."""
    unique: dict[str, None] = {}
    for place, name in enumerate(map(str.strip, names), start=1):
        base = name or f"column {place}"
        n, fresh = 1, base
        while fresh in unique:
            n += 1
            fresh = f"{base} ({n})"
        unique[fresh] = None
    return tuple(unique)


def _series(column: pa.ChunkedArray) -> pd.Series:
    return pd.Series(column.to_pandas(), dtype="str")
