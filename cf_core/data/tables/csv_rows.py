"""The rows of a text table: which character parts its values, on which line each row begins, and the values as text.

Arrow parses what is well-formed; the standard library's reader, which knows lines, parses what Arrow might understand
otherwise. Both give the same values (a property test holds them together).
"""

import codecs
import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from cf_core.errors import BadValueError, DataFormatError, EmptyFileError

DELIMITERS = {"\t": "a tab", ";": "a semicolon", ",": "a comma", "|": "a bar"}
"""In the order in which they are preferred where the file leaves it open."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_N_SAMPLED = 200
_LARGEST_ROW = 2**23
"""Bytes. Arrow rejects a row that is longer."""
_ROWS_AT_ONCE = 2**16
_QUOTE, _BOUNDS = ord('"'), b'"\r\n'


@dataclass(frozen=True)
class Rows:
    """The values of a text table as text, a column per position, and the rows that could not be taken in: an error
    each, on its line."""

    values: pa.Table
    wrong: list[DataFormatError] = field(default_factory=list)


def delimiter_of(data: bytes, least: int) -> str | None:
    """The character that parts the values of the first rows: with it most rows have equally many values, and at least
    `least`. None where no character parts anything."""
    scores = {}
    for place, delimiter in enumerate(DELIMITERS):
        widths = Counter(len(row) for row in sampled(data, delimiter))
        width, n_rows = widths.most_common(1)[0] if widths else (0, 0)
        if width > 1:
            scores[delimiter] = (width >= least, n_rows / widths.total(), width, -place)
    return max(scores, key=scores.__getitem__, default=None)


def sampled(data: bytes, delimiter: str) -> list[list[str]]:
    """The first rows, read as well as they can be."""
    reader = csv.reader(_stream(data), delimiter=delimiter)
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # what was read until then tells enough; the whole is read by stricter rules
        rows.extend(row for row in islice(reader, _N_SAMPLED) if not _is_blank(row))
    return rows


def records(file: Path, data: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line and values of each row, the header included; blank lines are skipped.

    Raises:
        BadValueError: quotes do not pair up, or a value is longer than the standard library reads.
    """
    reader = csv.reader(_stream(data), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _quoting_error(file, line, str(error)) from error
        if row is None:
            return
        if not _is_blank(row):
            yield line, row


def read_rows(file: Path, data: bytes, delimiter: str, n_columns: int, *, has_header: bool, strict: bool) -> Rows:
    """All rows below the header.

    Args:
        n_columns: how many values a row has.
        strict: whether a row with another number of values, or wrong quotes, is raised, or else listed.

    Raises:
        EmptyFileError: there is no row.
        BadValueError: with `strict`, for the first row that cannot be taken in.
    """
    values = _by_arrow(data, delimiter, n_columns, has_header) if is_well_formed(data, delimiter) else None
    rows = _by_standard_library(file, data, delimiter, n_columns, has_header) if values is None else Rows(values)
    if rows.wrong and strict:
        first = rows.wrong[0]
        raise BadValueError(first.problem, file=file, line=first.line, count=len(rows.wrong), cure=first.cure)
    if not len(rows.values) and not rows.wrong:
        raise EmptyFileError("there is no row of ratings", file=file, cure="Add the rows of the data set.")
    return rows


def is_well_formed(data: bytes, delimiter: str) -> bool:
    """Whether every quote opens a value, closes one, or is half of a doubled one within quotes: what every reader of
    CSV understands alike."""
    if b'"' not in data:
        return True
    chars = np.frombuffer(data, dtype=np.uint8)
    at = np.flatnonzero(chars == _QUOTE)
    bounds = np.frombuffer(_BOUNDS + delimiter.encode(), dtype=np.uint8)
    opening, closing = at[::2], at[1::2]
    before = np.isin(chars[np.maximum(opening - 1, 0)], bounds) | (opening == 0)
    after = np.isin(chars[np.minimum(closing + 1, len(chars) - 1)], bounds) | (closing == len(chars) - 1)
    return len(opening) == len(closing) and bool(before.all() and after.all())


def _by_arrow(data: bytes, delimiter: str, n_columns: int, has_header: bool) -> pa.Table | None:
    """All rows, None where Arrow rejects one."""
    start = _header_end(data, delimiter) if has_header else 0
    if data.startswith(codecs.BOM_UTF8, start):  # which Arrow would take for no part of the first value
        return None
    if not data[start : start + 2**10].strip() and not data[start:].strip():
        return None
    names = [str(at) for at in range(n_columns)]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(memoryview(data)[start:]),
            arrow_csv.ReadOptions(column_names=names, block_size=_LARGEST_ROW),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in data),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None


def _by_standard_library(file: Path, data: bytes, delimiter: str, n_columns: int, has_header: bool) -> Rows:
    parts, wrong = [pa.table({str(at): pa.array([], pa.large_string()) for at in range(n_columns)})], []
    below = islice(records(file, data, delimiter), int(has_header), None)
    try:
        while some := list(islice(below, _ROWS_AT_ONCE)):
            wrong += [_width_error(file, line, len(row), n_columns) for line, row in some if len(row) != n_columns]
            columns = zip(*(row for _, row in some if len(row) == n_columns), strict=True)
            parts.append(_table(list(columns), n_columns))
    except DataFormatError as error:
        wrong.append(error)
    return Rows(pa.concat_tables(parts), wrong)


def _table(columns: Sequence[Sequence[str]], n_columns: int) -> pa.Table:
    columns = columns or [()] * n_columns
    return pa.table({str(at): pa.array(text, pa.large_string()) for at, text in enumerate(columns)})


def _header_end(data: bytes, delimiter: str) -> int:
    """Where the first line below the header begins."""
    lines = _stream(data)
    reader = csv.reader(lines, delimiter=delimiter)
    while _is_blank(next(reader)):
        pass
    end = next(islice(_LINE_END.finditer(data), reader.line_num - 1, None), None)
    return len(data) if end is None else end.end()


def _width_error(file: Path, line: int, width: int, n_columns: int) -> DataFormatError:
    problem = f"too {'many' if width > n_columns else 'few'} values, {width} where the first line has {n_columns}"
    cure = "Give every row as many values as the first line, and put one with a delimiter in it in quotes."
    return BadValueError(problem, file=file, line=line, cure=cure)


def _quoting_error(file: Path, line: int, reason: str) -> DataFormatError:
    problem = "a value in quotes is never closed, or goes on after its closing quote"
    cure = "Close the quotes, and double each quote that is part of a quoted value."
    if "field larger than field limit" in reason:
        problem = f"a value of more than {csv.field_size_limit():,} characters begins here or on a later line"
        cure = "Shorten it. If it should be short, a quote that opens it is closed somewhere else."
    return BadValueError(problem, file=file, line=line, cure=cure)


def _stream(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")


def _is_blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())
