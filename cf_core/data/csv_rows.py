"""The rows of a delimited file as columns of text: by Arrow where every reader of CSV would understand the file alike,
else by the standard library's, which is slower but knows lines. Both give the same values (property tests hold them
together).

Lines are physical lines counted from 1, so that a message is right for files with blank lines and with line breaks
inside quotes.
"""

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv as arrow_csv

from cf_core.data.contents import LINE_END
from cf_core.errors import BadValueError, DataFormatError

_ROWS_AT_ONCE = 2**16
"""How many rows are Python strings at a time."""
_MARK = b"\xef\xbb\xbf"
_LARGEST_ROW = 2**23
"""Bytes. Arrow rejects a row that is longer."""
_BYTES_AT_ONCE = 2**24
"""How many bytes are searched for quotes at a time."""
_QUOTE = ord('"')


class Records:
    """Line and fields of each row of UTF-8 bytes, the header included; lines with nothing but whitespace are skipped.

    Raises (when iterated):
        BadValueError: quotes do not pair up, or a value is longer than the standard library reads.
    """

    def __init__(self, file: Path, data: bytes, delimiter: str = ",") -> None:
        self.file = file
        self._lines = _Lines(data)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._blanks = " \t\r\n".replace(delimiter, "")

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
            if self._lines.last.strip(self._blanks):
                return line, record

    def _quotes_wrong(self, line: int, error: csv.Error) -> BadValueError:
        problem = "a quoted field is never closed, or goes on after its closing quote"
        cure = "Close the quotes, and double each quote that is part of a quoted value."
        if "field larger than field limit" in str(error):
            problem = f"a value of more than {csv.field_size_limit():,} characters begins here or on a later line"
            cure = "Shorten it. If it should be short, a quote that opens it is closed somewhere else."
        return BadValueError(problem, file=self.file, line=line, cure=cure)


def fast_rows(data: bytes, n_header_lines: int, n_fields: int, delimiter: str = ",") -> pa.Table | None:
    """The rows below the header by Arrow; None where `Records` might see them otherwise, or there is none."""
    begin = _end_of_line(data, n_header_lines)
    if begin is None:
        return None
    below = memoryview(data)[begin:]
    has_quotes = data.find(b'"', begin) >= 0
    if has_quotes and not quotes_enclose_values(below, delimiter):
        return None
    rows = arrow_rows(below, n_fields, arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=has_quotes))
    limit = csv.field_size_limit()
    is_long = rows is not None and any(pc.max(pc.binary_length(text)).as_py() > limit for text in rows.columns)
    return None if is_long else rows


def arrow_rows(rows: memoryview, n_fields: int, options: arrow_csv.ParseOptions) -> pa.Table | None:
    """The columns of the rows, called "0", "1" and so on; None where Arrow rejects one, or there is none. Empty lines
    are skipped; the bytes must be UTF-8. Arrow would take a first value that begins with a byte order mark for one
    without, so such rows are left to others."""
    if bytes(rows[:3]) == _MARK:
        return None
    names = [str(position) for position in range(n_fields)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(rows),
            arrow_csv.ReadOptions(column_names=names, block_size=_LARGEST_ROW),
            options,
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None
    return table if len(table) else None


def slow_rows(rows: Iterator[tuple[int, list[str]]], n_fields: int, wrong: list[tuple[int, int]]) -> pa.Table:
    """The same columns of those `rows` that have `n_fields`; line and width of the others are added to `wrong`."""
    parts = [no_rows(n_fields)]
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        wrong += [(line, len(record)) for line, record in some if len(record) != n_fields]
        if even := [record for _, record in some if len(record) == n_fields]:
            parts.append(_table(list(zip(*even, strict=True))))
    return pa.concat_tables(parts)


def no_rows(n_fields: int) -> pa.Table:
    """The same columns without any row."""
    return _table([()] * n_fields)


def even_rows(records: Records, n_fields: int, whose: str, cure: str) -> tuple[pa.Table, list[DataFormatError]]:
    """The columns of the rows that have `n_fields`, and an error for each of the others, on its line; behind quotes
    that do not pair up nothing can be told. `whose` says where that many fields are from."""
    widths: list[tuple[int, int]] = []
    broken: list[DataFormatError] = []
    rows = slow_rows(_until_broken(records, broken), n_fields, widths)
    return rows, [*(wrong_width(records.file, *each, n_fields, 1, whose, cure) for each in widths), *broken]


def refuse_first(wrong: Sequence[DataFormatError]) -> None:
    """Raise the first of the errors, if there are any, with the number of all."""
    if wrong:
        first = wrong[0]
        raise type(first)(first.problem, file=first.file, line=first.line, count=len(wrong), cure=first.cure)


def quotes_enclose_values(rows: memoryview, delimiter: str = ",") -> bool:
    """Whether every quote opens or closes a whole value, or is doubled within one. Then each odd one, counted from the
    first, opens and stands behind a delimiter, a line end or a quote; and each even one closes and stands before
    one."""
    may_adjoin = np.isin(np.arange(256), list(f'{delimiter}\r\n"'.encode()))
    text, n_quotes = np.frombuffer(rows, dtype=np.uint8), 0
    for begin in range(0, len(text), _BYTES_AT_ONCE):
        at = begin + np.flatnonzero(text[begin : begin + _BYTES_AT_ONCE] == _QUOTE)
        opening, closing = at[n_quotes % 2 :: 2], at[1 - n_quotes % 2 :: 2]
        before, behind = opening[opening > 0] - 1, closing[closing < len(text) - 1] + 1
        if not (may_adjoin[text[before]].all() and may_adjoin[text[behind]].all()):
            return False
        n_quotes += len(at)
    return n_quotes % 2 == 0


def wrong_width(file: Path, line: int, width: int, n_fields: int, count: int, whose: str, cure: str) -> BadValueError:
    """The error of rows with more or fewer fields than there should be; `whose` says where that many are from."""
    problem = f"too {'many' if width > n_fields else 'few'} fields, {width} where {whose} {n_fields}"
    return BadValueError(problem, file=file, line=line, count=count, cure=cure)


def _until_broken(records: Records, broken: list[DataFormatError]) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from records
    except DataFormatError as error:
        broken.append(error)


def _table(columns: Sequence[Sequence[str]]) -> pa.Table:
    return pa.table({str(at): pa.array(text, pa.large_string()) for at, text in enumerate(columns)})


def _end_of_line(data: bytes, number: int) -> int | None:
    """Where the first `number` lines end; None where there are not so many that end."""
    if number == 0:
        return 0
    end = next(islice(LINE_END.finditer(data), number - 1, None), None)
    return None if end is None else end.end()


class RowLines:
    """The line on which each row begins, found as far as somebody asks and kept."""

    def __init__(self, lines: Iterator[int]) -> None:
        self._lines, self._known = lines, array("q")

    def __getitem__(self, row: int) -> int:
        self._known.extend(islice(self._lines, max(0, row + 1 - len(self._known))))
        return self._known[row]


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
