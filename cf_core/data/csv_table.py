"""Reads a CSV file as columns of text; checks its encoding, header and rows, but not its values.

Arrow parses files without quotes; whatever it rejects, and files with quotes, fall back to `csv.reader`, which is
slower but tracks line numbers. Lines are physical lines counted from 1, so that a message is right for files with blank
lines and with line breaks inside quotes; they are looked up only when something is wrong.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

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
}
_UTF8_MARK = b"\xef\xbb\xbf"
"""Excel's "CSV UTF-8" begins with it; it says nothing that is not known."""
_SAVE_AS = "Save the file as UTF-8."
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LARGEST_ROW = 2**23
"""Bytes. Arrow rejects a row that is longer."""
_N_NAMED, _LONGEST_NAMED = 8, 30
"""How many columns of a wrong header a message names, and how much of each."""
_ROWS_AT_ONCE = 2**16
"""How many rows are Python strings at a time."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A file whose rows all have as many fields as its header. `data` are its bytes after the byte order mark, which is
    `mark`; `frame` has the columns by position, as text."""

    file: Path
    mark: bytes
    data: bytes
    header: tuple[str, ...]
    frame: pd.DataFrame

    def column(self, name: str) -> Column:
        """The column with that name in the header."""
        return Column(name, self.frame.iloc[:, self.header.index(name)], self.file, self.line_of)

    def line_of(self, row: int) -> int:
        """Line on which a row begins; row 0 is the first below the header."""
        return next(islice(_records(self.file, self.data), row + 1, None))[0]


def read_csv_table(file: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> CsvTable:
    """Read a comma-separated UTF-8 file with a header; blank lines are skipped, and so is a byte order mark of UTF-8.

    Raises:
        MissingFileError: the file does not exist or cannot be opened.
        EncodingError: it is not UTF-8, begins with the byte order mark of another encoding or contains zero bytes.
        EmptyFileError: it has no header, or no row below it.
        MissingColumnError: the header lacks a required column.
        DataFormatError: the header names a required or optional column twice.
        BadValueError: a row has too many or too few fields, or quotes that do not pair up.
    """
    whole = _read_bytes(file)
    mark = _UTF8_MARK if whole.startswith(_UTF8_MARK) else b""
    data = whole[len(mark) :] if mark else whole
    _check_encoding(file, data)
    line, names = next(_records(file, data), (1, []))
    if not names:
        raise EmptyFileError("the file is empty", file=file, cure=f"Give it the header {','.join(required)} and rows.")
    _check_header(file, line, names, required, optional)
    rows = _plain_rows(data, line, len(names))
    if rows is None:
        rows = _rows(file, data, len(names))
    return CsvTable(file, mark, data, tuple(names), rows.to_pandas())


def fingerprint(*tables: CsvTable) -> str:
    """SHA-256 over the bytes of the files, one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.mark)
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


def _plain_rows(data: bytes, header_line: int, n_fields: int) -> pa.Table | None:
    """Parse all rows with Arrow; None where it rejects one, there is none, or there are quotes."""
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
    """Parse all rows with the standard library's reader.

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


def _records(file: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of the header and of each row; lines with nothing but whitespace are skipped."""
    lines = _Lines(data)
    reader = csv.reader(lines, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            problem = "a quoted field is never closed, or goes on after its closing quote"
            cure = "Close the quotes, and double each quote that is part of a quoted value."
            if "field larger than field limit" in str(error):
                problem = f"a value of more than {csv.field_size_limit():,} characters begins here or on a later line"
                cure = "Shorten it. If it should be short, a quote that opens it is closed somewhere else."
            raise BadValueError(problem, file=file, line=line, cure=cure) from error
        if record is None:
            return
        if lines.last.strip(" \t\r\n"):
            yield line, record
