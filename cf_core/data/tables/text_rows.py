"""The rows of a text table: which character parts their values, and the values as text, with the rows that could not be
taken in."""

import contextlib
import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa

from cf_core.data.csv_rows import Records, even_rows, fast_rows, refuse_first
from cf_core.errors import DataFormatError, EmptyFileError

DELIMITERS = {"\t": "a tab", ";": "a semicolon", ",": "a comma", "|": "a bar"}
"""In the order in which they are preferred where the file leaves it open."""
_N_SAMPLED = 200
_CURE = "Give every row as many values as the first line, and put one with a delimiter in it in quotes."


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
    """The first rows, read as well as they can be; the last character may be cut."""
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # what was read until then tells enough; the whole is read by stricter rules
        reader = csv.reader(stream, delimiter=delimiter)
        rows.extend(row for row in islice(reader, _N_SAMPLED) if row and not (len(row) == 1 and row[0].isspace()))
    return rows


def read_rows(file: Path, data: bytes, delimiter: str, n_columns: int, *, has_header: bool, strict: bool) -> Rows:
    """All rows below the header.

    Args:
        n_columns: how many values a row has.
        strict: whether a row with another number of values, or wrong quotes, is raised, or else listed.

    Raises:
        EmptyFileError: there is no row.
        BadValueError: with `strict`, for the first row that cannot be taken in.
    """
    records = Records(file, data, delimiter)
    if has_header:
        next(records)
    values = fast_rows(data, records.n_lines, n_columns, delimiter)
    rows = Rows(*even_rows(records, n_columns, "the first line has", _CURE)) if values is None else Rows(values)
    if strict:
        refuse_first(rows.wrong)
    if not len(rows.values) and not rows.wrong:
        raise EmptyFileError("there is no row of ratings", file=file, cure="Add the rows of the data set.")
    return rows
