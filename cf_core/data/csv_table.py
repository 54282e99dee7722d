"""A CSV file as columns of text: bytes, header and rows are checked here, values are not.

Nothing in here knows what a column means. Rows without quotes are taken apart by Arrow, which is fast and refuses what
is not plain; whatever it refuses, and rows with quotes, by the standard library's reader, which knows of each row where
it stands. Lines are physical lines counted from 1, so a message is right for files with blank lines and with line
breaks inside quotes; they are looked up only when something is wrong.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cf_core.data.raw import Column
from cf_core.errors import (
    BadValueError,
    DataFormatError,
    EmptyFileError,
    EncodingError,
    MissingColumnError,
    MissingFileError,
)

# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\xef\xbb\xbf": "UTF-8",
}
_SAVE_AS = "Save the file as UTF-8 without a byte order mark."
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LARGEST_ROW = 2**23
"""Bytes. Arrow refuses a row that is longer."""
_ROWS_AT_ONCE = 2**16
"""So many rows are Python strings at a time."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A file with the right number of fields in every row. `frame` has the header's columns by position, as text."""

    file: Path
    data: bytes
    header: tuple[str, ...]
    frame: pd.DataFrame

    def column(self, name: str) -> Column:
        """The column of that name in the header."""
        return Column(name, self.frame.iloc[:, self.header.index(name)], self.file, self.line_of)

    def line_of(self, row: int) -> int:
        """Line on which a row begins; row 0 is the first one below the header."""
        return next(islice(_records(self.file, self.data), row + 1, None))[0]


def read_csv_table(file: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> CsvTable:
    """Read a comma-separated UTF-8 file with a header; blank lines are skipped, other columns are let be.

    Raises:
        MissingFileError: the file is not there or cannot be opened.
        EncodingError: it is not UTF-8, begins with a byte order mark or holds zero bytes.
        EmptyFileError: it has no header, or no row below it.
        MissingColumnError: the header lacks a required column.
        DataFormatError: the header names a required or optional column twice.
        BadValueError: a row has too many or too few fields, or quotes that do not pair up.
    """
    data = _read_bytes(file)
    _check_encoding(file, data)
    line, names = next(_records(file, data), (1, []))
    if not names:
        raise EmptyFileError("the file is empty", file=file, cure=f"Give it the header {','.join(required)} and rows.")
    _check_header(file, line, names, required, optional)
    rows = _plain_rows(data, line, len(names))
    if rows is None:
        rows = _rows(file, data, len(names))
    return CsvTable(file, data, tuple(names), rows.to_pandas())


def fingerprint(*tables: CsvTable) -> str:
    """SHA-256 over the bytes of the files, one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.data)
    return digest.hexdigest()


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        cure = f"Put {file.name} of the data set into this folder."
        raise MissingFileError("the file is not there", file=file, cure=cure) from error
    except IsADirectoryError as error:
        cure = f"Put the file {file.name} of the data set in its place."
        raise MissingFileError("this is a folder, not a file", file=file, cure=cure) from error
    except OSError as error:
        cure = "See that the file can be opened and that you may read it."
        raise MissingFileError(f"the file cannot be opened ({error.strerror})", file=file, cure=cure) from error


def _check_encoding(file: Path, data: bytes) -> None:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            raise EncodingError(f"begins with the byte order mark of {encoding}", file=file, line=1, cure=_SAVE_AS)
    if b"\0" in data:
        lines = _lines_where(data, lambda line: b"\0" in line)
        raise EncodingError("holds zero bytes", file=file, line=lines[0], count=len(lines), cure=_SAVE_AS)
    if not data.isascii() and not _is_utf8(data):
        lines = _lines_where(data, lambda line: not _is_utf8(line))
        raise EncodingError("is not UTF-8", file=file, line=lines[0], count=len(lines), cure=_SAVE_AS)


def _lines_where(data: bytes, wrong: Callable[[bytes], bool]) -> list[int]:
    return [number for number, line in enumerate(_LINE_END.split(data), start=1) if wrong(line)]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_header(
    file: Path, line: int, names: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    missing = [name for name in required if name not in names]
    if missing:
        there = ", ".join(map(repr, names))
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


def _plain_rows(data: bytes, header_line: int, n_fields: int) -> pa.Table | None:
    """All rows by Arrow, or None where it refuses one, there is none, or there are quotes."""
    header_end = next(islice(_LINE_END.finditer(data), header_line - 1, None), None)
    if header_end is None or data.find(b'"', header_end.end()) >= 0:
        return None
    names = [str(position) for position in range(n_fields)]
    try:
        rows = arrow_csv.read_csv(
            pa.BufferReader(memoryview(data)[header_end.end() :]),
            arrow_csv.ReadOptions(column_names=names, block_size=_LARGEST_ROW),
            arrow_csv.ParseOptions(quote_char=False),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None
    return rows if len(rows) else None


def _rows(file: Path, data: bytes, n_fields: int) -> pa.Table:
    """All rows by the standard library's reader.

    Raises:
        EmptyFileError: there is none.
        BadValueError: a row has too many or too few fields.
    """
    parts: list[pa.Table] = []
    wrong: list[tuple[int, int]] = []
    records = islice(_records(file, data), 1, None)
    while some := list(islice(records, _ROWS_AT_ONCE)):
        wrong += [(line, len(record)) for line, record in some if len(record) != n_fields]
        if not wrong:
            columns = zip(*(record for _, record in some), strict=True)
            parts.append(pa.table({str(at): pa.array(text, pa.large_string()) for at, text in enumerate(columns)}))
    if wrong:
        line, width = wrong[0]
        problem = f"too {'many' if width > n_fields else 'few'} fields, {width} where the header has {n_fields}"
        cure = "Give every row as many fields as the header, and put a value with a comma in quotes."
        raise BadValueError(problem, file=file, line=line, count=len(wrong), cure=cure)
    if not parts:
        raise EmptyFileError("there is no row below the header", file=file, cure="Add the rows of the data set.")
    return pa.concat_tables(parts)


def _records(file: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of the header and of each row; lines of nothing but blanks are passed over."""
    last_line = ""

    def lines() -> Iterator[str]:
        nonlocal last_line
        for last_line in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""):  # noqa: UP028
            yield last_line

    reader = csv.reader(lines(), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            problem = "a quoted field is never closed, or goes on behind its closing quote"
            cure = "Close the quotes, and double each quote that is part of a quoted value."
            raise BadValueError(problem, file=file, line=line, cure=cure) from error
        if record is None:
            return
        if last_line.strip(" \t\r\n"):
            yield line, record
