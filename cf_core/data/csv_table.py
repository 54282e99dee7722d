"""Reads a CSV file as columns of text; checks its encoding, header and rows, but not its values."""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cf_core.data.contents import Contents
from cf_core.data.csv_rows import Records, RowLines, even_rows, fast_rows, refuse_first
from cf_core.data.raw import TextColumn
from cf_core.errors import DataFormatError, EmptyFileError, MissingColumnError

_N_NAMED, _LONGEST_NAMED = 8, 30
"""How many columns of a wrong header a message names, and how much of each."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A file whose rows all have as many fields as its header. `data` are its bytes after a byte order mark; `frame`
    has the columns by position, as text."""

    file: Path
    data: bytes
    header: tuple[str, ...]
    frame: pd.DataFrame

    def column(self, name: str) -> TextColumn:
        """The column with that name in the header."""
        return TextColumn(name, self.file, self.line_of, self.frame.iloc[:, self.header.index(name)])

    def line_of(self, row: int) -> int:
        """Line on which a row begins; row 0 is the first below the header."""
        return self._lines[row]

    @cached_property
    def _lines(self) -> RowLines:
        every = islice(Records(self.file, self.data), 1, None)
        return RowLines(line for line, row in every if len(row) == len(self.header))


def read_csv_table(
    contents: Contents,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    wrong: list[DataFormatError] | None = None,
) -> CsvTable:
    """Read a comma-separated UTF-8 file with a header; blank lines are skipped, and so is a byte order mark of UTF-8.

    Args:
        wrong: takes an error for each row that cannot be taken in, which is left out; None to have them raised.

    Raises:
        EncodingError: it is not UTF-8, begins with the byte order mark of another encoding or contains zero bytes.
        EmptyFileError: it has no header, or no row below it.
        MissingColumnError: the header lacks a required column.
        DataFormatError: the header names a required or optional column twice.
        BadValueError: a row has too many or too few fields, or quotes that do not pair up.
    """
    file, data = contents.file, contents.utf8()
    records = Records(file, data)
    line, names = next(records, (1, []))
    if not names:
        raise EmptyFileError("the file is empty", file=file, cure=f"Give it the header {','.join(required)} and rows.")
    _check_header(file, line, names, required, optional)
    rows = fast_rows(data, records.n_lines, len(names))
    if rows is None:
        rows = _rows(records, len(names), wrong)
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


def _rows(records: Records, n_fields: int, wrong: list[DataFormatError] | None) -> pa.Table:
    """Parse all rows with the standard library's reader.

    Raises:
        EmptyFileError: there is none.
        BadValueError: a row has too many or too few fields, and nobody takes its error.
    """
    cure = "Give every row as many fields as the header, and put a value with a comma in quotes."
    rows, found = even_rows(records, n_fields, "the header has", cure)
    if wrong is None:
        refuse_first(found)
    else:
        wrong += found
    if not len(rows) and not found:
        raise EmptyFileError(
            "there is no row below the header", file=records.file, cure="Add the rows of the data set."
        )
    return rows
