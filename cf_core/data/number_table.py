"""Reads a plain CSV of ratings, a block at a time, into numbers: no column is ever there as text, and of the file there
is one block.

Plain means that every reader of CSV understands the file alike and that its ids and times are whole numbers, written as
`str(int)` writes them: no quotes, blanks, empty lines, leading zeros or signs before a number. Whatever is not plain is
left to `csv_table`, which takes five times the memory, and knows what to say of a file that is wrong.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from io import BufferedReader
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute as pc
from pyarrow import csv as arrow_csv

from cf_core.data.id_map import index_ids
from cf_core.data.raw import CodedColumn, Column, NumberColumn, Report, TextColumn
from cf_core.data.source import Source

BLOCK = 2**25
"""Bytes that are read at a time."""

_NOT_PLAIN = (b'"', b"\0", b"x", b"X")
"""The last two begin what Arrow takes for hexadecimal numbers."""

_MOST_RATINGS = 100_000
"""Different texts of ratings; of more, a table of them would take longer than the column."""


class _NotPlainError(Exception):
    """Something in the file is for `csv_table` to read, or to refuse."""


class RatingColumns(NamedTuple):
    """The columns of a file of ratings, and the SHA-256 of its bytes, to which those of other files may be added."""

    user_id: Column
    item_id: Column
    rating: Column
    timestamp: TextColumn | NumberColumn | None
    digest: "hashlib._Hash"


def read_number_table(
    source: Source, name: str, columns: tuple[str, str, str, str], report: Report = lambda _: None
) -> RatingColumns | None:
    """The file of that name in the source; None where it is not plain.

    Args:
        columns: the names of those of users, items, ratings and times, in whatever order the file has them; the last
            may be missing, and there must be no other. Any text is taken in as a rating: the checks read it.

    Raises what `Source.open` does.
    """
    digest, file, size = hashlib.sha256(), source.where(name), source.size(name)
    with source.open(name) as stream:
        try:
            header = stream.readline(BLOCK)
            digest.update(header)
            n_read = len(header)
            names = _names(header, columns)
            parts = _Parts(names, columns[2])
            for block in _blocks(stream, digest):
                parts.add(_parse(block, parts.types, has_returns=header.endswith(b"\r\n")))
                n_read += len(block)
                report(n_read / size)
        except _NotPlainError:
            return None
    if not parts.n_rows:
        return None
    user_id, item_id = (CodedColumn(each, file, _line_of, parts.ids(each)) for each in columns[:2])
    rating = CodedColumn(columns[2], file, _line_of, parts.ratings())
    has_times = columns[3] in names
    timestamp = NumberColumn(columns[3], file, _line_of, parts.whole(columns[3])) if has_times else None
    return RatingColumns(user_id, item_id, rating, timestamp, digest)


class _Parts:
    """The columns of the blocks that have been read, in arrays that are put together one column after the other."""

    def __init__(self, names: list[str], rating: str) -> None:
        self.types = {each: pa.dictionary(pa.int32(), pa.string()) if each == rating else pa.int64() for each in names}
        self.n_rows = 0
        self._rating, self._codes = rating, dict[str, int]()
        self._parts: dict[str, list[NDArray[np.int64]]] = {each: [] for each in names}

    def add(self, table: pa.Table) -> None:
        self.n_rows += len(table)
        for name, column in zip(self.types, table.columns, strict=True):
            self._parts[name].append(_coded(column, self._codes) if name == self._rating else column.to_numpy())
        if len(self._codes) > _MOST_RATINGS:
            raise _NotPlainError

    def whole(self, name: str) -> NDArray[np.int64]:
        """The column; its parts are given up."""
        return np.concatenate(self._parts.pop(name)).astype(np.int64, copy=False)

    def ids(self, name: str) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        """The index of each row, and the ids as texts."""
        index, unique = index_ids(self.whole(name))
        return index, pd.Index(unique.astype(str), dtype="str")

    def ratings(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        """The code of each row, and the texts."""
        return self.whole(self._rating), pd.Index(list(self._codes), dtype="str")


def _names(header: bytes, known: tuple[str, ...]) -> list[str]:
    """The columns from left to right.

    Raises:
        _NotPlainError: they are not the known ones, once each, the last of them perhaps missing.
    """
    if not header.isascii() or not header.endswith(b"\n"):
        raise _NotPlainError
    names = header.decode().removesuffix("\n").removesuffix("\r").split(",")
    if sorted(names) not in (sorted(known), sorted(known[:-1])):
        raise _NotPlainError
    return names


def _blocks(stream: BufferedReader, digest: "hashlib._Hash") -> Iterator[bytes]:
    """The rest of the file in blocks of whole lines."""
    for read in iter(partial(stream.read, BLOCK), b""):
        block = read + stream.readline()
        digest.update(block)
        yield block


def _parse(block: bytes, types: dict[str, pa.DataType], has_returns: bool) -> pa.Table:
    """The rows of a block, all of whose lines end alike.

    Raises:
        _NotPlainError: it is not plain.
    """
    if not block.isascii() or any(each in block for each in _NOT_PLAIN):
        raise _NotPlainError
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(column_names=list(types), block_size=2**23),
            arrow_csv.ParseOptions(quote_char=False),
            arrow_csv.ConvertOptions(column_types=types, check_utf8=False),
        )
    except pa.ArrowInvalid as error:
        raise _NotPlainError from error
    n_rows, is_ended = len(table), block.endswith(b"\n")
    n_returns = n_rows if has_returns else 0
    if b"\r" in block or has_returns:
        n_ended = n_rows if is_ended else n_rows - 1
        if not has_returns or not block.count(b"\r") == block.count(b"\r\n") == n_ended:
            raise _NotPlainError
        n_returns = n_ended
    n_between = n_rows * len(types) - (0 if is_ended else 1)  # a comma behind each value, a line end behind the last
    if any(column.null_count for column in table.columns) or (
        sum(map(_length, table.columns)) + n_between + n_returns != len(block)
    ):
        raise _NotPlainError
    return table


def _length(column: pa.ChunkedArray) -> int:
    """How many characters the values take, written as `str` does. A text that means the same number is never shorter,
    so where the sum over all is right, each is written so."""
    if pa.types.is_dictionary(column.type):
        return sum(
            int(pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0)
            for chunk in column.chunks
        )
    numbers = column.to_numpy()
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    n_signs = int(np.count_nonzero(numbers < 0)) if low < 0 else 0
    if low < 0:
        if low < -(10**18):
            raise _NotPlainError
        numbers = np.abs(numbers)
        low, high = 0, max(high, -low)
    length, power = len(numbers) + n_signs, 10
    while power <= high:
        length += len(numbers) if power <= low else int(np.count_nonzero(numbers >= power))
        power *= 10
    return length


def _coded(column: pa.ChunkedArray, codes: dict[str, int]) -> NDArray[np.int64]:
    """The number of each text in `codes`, to which new ones are added."""
    parts = [np.empty(0, np.int64)]
    for chunk in column.chunks:
        own = [codes.setdefault(text, len(codes)) for text in chunk.dictionary.to_pylist()]
        parts.append(np.array(own, dtype=np.int64)[chunk.indices.to_numpy()] if own else parts[0])
    return np.concatenate(parts)


def _line_of(row: int) -> int:
    return row + 2
