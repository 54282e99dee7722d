"""Reads a table without header and quotes, whose columns are known by their places, as columns of text.

Lines are physical lines counted from 1; they are looked up only when something is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from cf_core.data.contents import LINE_END, Contents
from cf_core.data.csv_rows import arrow_rows, no_rows, refuse_first, wrong_width
from cf_core.data.raw import TextColumn
from cf_core.errors import BadValueError, DataFormatError, EmptyFileError

_ONE_BYTE = b"\x1f"
"""Stands for a delimiter of two characters, because Arrow takes one: ASCII's own separator of fields."""


@dataclass(frozen=True, eq=False)
class PlainTable:
    """A file whose rows all have the columns `names`; `frame` has them as text, without rows of another width."""

    file: Path
    data: bytes
    between: bytes
    names: tuple[str, ...]
    frame: pd.DataFrame

    def column(self, name: str) -> TextColumn:
        """The column of that name."""
        return self.made_column(name, self.frame.iloc[:, self.names.index(name)])

    def made_column(self, name: str, text: pd.Series) -> TextColumn:
        """A column made from others, row by row."""
        return TextColumn(name, self.file, self.line_of, text)

    def line_of(self, row: int) -> int:
        """Line on which a row stands; row 0 is the first."""
        return int(self._lines[row])

    @cached_property
    def _lines(self) -> NDArray[np.int64]:
        widths = enumerate(_widths(self.data, self.between), start=1)
        return np.fromiter((number for number, width in widths if width == len(self.names)), dtype=np.int64)


def read_plain_table(
    contents: Contents, delimiter: str, names: tuple[str, ...], wrong: list[DataFormatError] | None = None
) -> PlainTable:
    """Read a file in UTF-8 or Latin-1, such as one with lines like "1::1193::5::978300760"; blank lines are skipped.

    Args:
        contents: the file.
        delimiter: what stands between two fields.
        names: the columns, from left to right.
        wrong: takes an error for each row that cannot be taken in, which is left out; None to have them raised.

    Raises:
        EncodingError: it is neither UTF-8 nor Latin-1.
        EmptyFileError: it has no row.
        BadValueError: a row has too many or too few fields.
    """
    file, data, between = contents.file, contents.utf8_or_latin1(), delimiter.encode()
    if not data.strip():
        raise EmptyFileError("the file is empty", file=file, cure="Put the file of the data set in its place.")
    if len(between) > 1:
        _check_free_of_separator(file, data)
        data, between = data.replace(between, _ONE_BYTE), _ONE_BYTE
    options = arrow_csv.ParseOptions(delimiter=between.decode(), quote_char=False)
    rows = arrow_rows(memoryview(data), len(names), options)
    if rows is None:
        found = _wrong_widths(file, data, between, len(names), f"Write every row as {delimiter.join(names)}.")
        if wrong is None:
            refuse_first(found)
        else:
            wrong += found
        even = _even_lines(data, between, len(names))
        rows = arrow_rows(memoryview(even), len(names), options) if even else no_rows(len(names))
    if rows is None:
        cure = "Put the file of the data set in its place."
        raise BadValueError("a row is too long to be read", file=file, cure=cure)
    return PlainTable(file, data, between, names, rows.to_pandas())


def _check_free_of_separator(file: Path, data: bytes) -> None:
    """Raise `BadValueError` where the file has the character that stands for its delimiter."""
    at = data.find(_ONE_BYTE)
    if at >= 0:
        line = 1 + len(LINE_END.findall(data[:at]))
        raise BadValueError(r"the character \x1f is no part of text", file=file, line=line, cure="Delete it.")


def _wrong_widths(file: Path, data: bytes, between: bytes, n_fields: int, cure: str) -> list[DataFormatError]:
    """An error for each row that has too many or too few fields."""
    widths = enumerate(_widths(data, between), start=1)
    wrong = [(number, width) for number, width in widths if width not in (0, n_fields)]
    return [wrong_width(file, *each, n_fields, 1, "there should be", cure) for each in wrong]


def _even_lines(data: bytes, between: bytes, n_fields: int) -> bytes:
    """The file without lines of another width, and without those of blanks, which Arrow takes for rows."""
    lines = zip(LINE_END.split(data), _widths(data, between), strict=True)
    return b"\n".join(line for line, width in lines if width == n_fields)


def _widths(data: bytes, between: bytes) -> Iterator[int]:
    """The number of fields in each line; 0 of one with nothing but blanks."""
    return (1 + line.count(between) if line.strip(b" \t") else 0 for line in LINE_END.split(data))
