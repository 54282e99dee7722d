"""Reads a CSV file as columns of text; checks its encoding, header and rows, but not its values.

Arrow parses the rows. What it rejects, and files whose quotes do more than enclose whole values, fall back to
`csv.reader`, which is slower but tracks line numbers. Lines are physical lines counted from 1, so that a message is
right for files with blank lines and with line breaks inside quotes; they are looked up only when something is wrong.
"""

import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv as arrow_csv

from cf_core.data.arrow_rows import arrow_rows, wrong_width
from cf_core.data.contents import LINE_END, Contents
from cf_core.data.raw import Column
from cf_core.errors import (
    BadValueError,
    DataFormatError,
    EmptyFileError,
    MissingColumnError,
)

_BYTES_AT_ONCE = 2**24
"""How many bytes are searched for quotes at a time."""
_QUOTE = ord('"')
_MAY_ADJOIN = np.isin(np.arange(256), list(b',\r\n"'))
_N_NAMED, _LONGEST_NAMED = 8, 30
"""How many columns of a wrong header a message names, and how much of each."""
_ROWS_AT_ONCE = 2**16
"""How many rows are Python strings at a time."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A file whose rows all have as many fields as its header. `data` are its bytes after a byte order mark; `frame`
    has the columns by position, as text."""

    file: Path
    data: bytes
    header: tuple[str, ...]
    frame: pd.DataFrame

    def column(self, name: str) -> Column:
        """The column with that name in the header."""
        return Column(name, self.frame.iloc[:, self.header.index(name)], self.file, self.line_of)

    def line_of(self, row: int) -> int:
        """Line on which a row begins; row 0 is the first below the header."""
        return next(islice(_Records(self.file, self.data), row + 1, None))[0]


def read_csv_table(contents: Contents, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> CsvTable:
    """Read a comma-separated UTF-8 file with a header; blank lines are skipped, and so is a byte order mark of UTF-8.

    Raises:
        EncodingError: it is not UTF-8, begins with the byte order mark of another encoding or contains zero bytes.
        EmptyFileError: it has no header, or no row below it.
        MissingColumnError: the header lacks a required column.
        DataFormatError: the header names a required or optional column twice.
        BadValueError: a row has too many or too few fields, or quotes that do not pair up.
    """
    file, data = contents.file, contents.utf8()
    records = _Records(file, data)
    line, names = next(records, (1, []))
    if not names:
        raise EmptyFileError("the file is empty", file=file, cure=f"Give it the header {','.join(required)} and rows.")
    _check_header(file, line, names, required, optional)
    rows = _fast_rows(data, records.n_lines, len(names))
    if rows is None:
        rows = _rows(records, len(names))
    return CsvTable(file, data, tuple(names), rows.to_pandas())


def _check_header(
    file: Path, line: int, names: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    missing = [name for name in required if name not in names]
    if missing:
        there = ", ".join(repr(_shortened(name)) for name in names[:_N_NAMED])
        there += f" and {len(names) - _N_NAMED:,} more" if len(names) > _N_NAMED else ""
        raise MissingColumnError(
            f"no column {' and no column '.join(map(repr, missing))}; there are {there}",
            file=file, line=line, count=len(missing),
            cure=f"Name the columns {','.join(required)} in the first line, with commas between them.",
        )  # fmt: skip
    doubled = [name for name in (*required, *optional) if names.count(name) > 1]
    if doubled:
        cure = f"Keep one column {doubled[0]!r} and rename or delete the others."
        problem = f"the header names {doubled[0]!r} more than once"
        raise DataFormatError(problem, file=file, line=line, count=len(doubled), cure=cure)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_NAMED else f"{text[:_LONGEST_NAMED]}…"


def _fast_rows(data: bytes, n_header_lines: int, n_fields: int) -> pa.Table | None:
    """Parse all rows with Arrow; None where `csv.reader` might see it otherwise, or there is none."""
    header_end = next(islice(LINE_END.finditer(data), n_header_lines - 1, None), None)
    if header_end is None:
        return None
    below = memoryview(data)[header_end.end() :]
    has_quotes = data.find(b'"', header_end.end()) >= 0
    if has_quotes and not _quotes_enclose_values(below):
        return None
    rows = arrow_rows(below, n_fields, arrow_csv.ParseOptions(newlines_in_values=has_quotes))
    limit = csv.field_size_limit()
    is_long = rows is not None and any(pc.max(pc.binary_length(text)).as_py() > limit for text in rows.columns)
    return None if is_long else rows


def _quotes_enclose_values(rows: memoryview) -> bool:
    """Whether every quote opens or closes a whole value, or is doubled within one. Then each odd one, counted from the
    first, opens and stands behind a comma, a line end or a quote; and each even one closes and stands before one."""
    text, n_quotes = np.frombuffer(rows, dtype=np.uint8), 0
    for begin in range(0, len(text), _BYTES_AT_ONCE):
        at = begin + np.flatnonzero(text[begin : begin + _BYTES_AT_ONCE] == _QUOTE)
        opening, closing = at[n_quotes % 2 :: 2], at[1 - n_quotes % 2 :: 2]
        before, behind = opening[opening > 0] - 1, closing[closing < len(text) - 1] + 1
        if not (_MAY_ADJOIN[text[before]].all() and _MAY_ADJOIN[text[behind]].all()):
            return False
        n_quotes += len(at)
    return n_quotes % 2 == 0


def _rows(records: "_Records", n_fields: int) -> pa.Table:
    """Parse all rows with the standard library's reader.

    Raises:
        EmptyFileError: there is none.
        BadValueError: a row has too many or too few fields.
    """
    parts: list[pa.Table] = []
    wrong: list[tuple[int, int]] = []
    while some := list(islice(records, _ROWS_AT_ONCE)):
        wrong += [(line, len(record)) for line, record in some if len(record) != n_fields]
        if not wrong:
            columns = zip(*(record for _, record in some), strict=True)
            parts.append(pa.table({str(at): pa.array(text, pa.large_string()) for at, text in enumerate(columns)}))
    if wrong:
        line, width = wrong[0]
        cure = "Give every row as many fields as the header, and put a value with a comma in quotes."
        raise wrong_width(records.file, line, width, n_fields, len(wrong), "the header has", cure)
    if not parts:
        raise EmptyFileError(
            "there is no row below the header", file=records.file, cure="Add the rows of the data set."
        )
    return pa.concat_tables(parts)


class _Records:
    """Line and fields of the header and of each row; lines with nothing but whitespace are skipped."""

    def __init__(self, file: Path, data: bytes) -> None:
        self.file = file
        self._lines = _Lines(data)
        self._reader = csv.reader(self._lines, strict=True)

    @property
    def n_lines(self) -> int:
        """How many physical lines have been read."""
        return self._reader.line_num

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self._reader.line_num + 1
            try:
                record = next(self._reader)
            except csv.Error as error:
                raise self._quotes_wrong(line, error) from error
            if self._lines.last.strip(" \t\r\n"):
                return line, record

    def _quotes_wrong(self, line: int, error: csv.Error) -> BadValueError:
        problem = "a quoted field is never closed, or goes on after its closing quote"
        cure = "Close the quotes, and double each quote that is part of a quoted value."
        if "field larger than field limit" in str(error):
            problem = f"a value of more than {csv.field_size_limit():,} characters begins here or on a later line"
            cure = "Shorten it. If it should be short, a quote that opens it is closed somewhere else."
        return BadValueError(problem, file=self.file, line=line, cure=cure)


class _Lines:
    """The physical lines of a file; `last` is the one that was read last."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
        self.last = ""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        self.last = next(self._stream)
        return self.last
