"""Parses delimited rows with Arrow, as columns of text."""

from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv

from cf_core.errors import BadValueError

_MARK = b"\xef\xbb\xbf"
_LARGEST_ROW = 2**23
"""Bytes. Arrow rejects a row that is longer."""


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


def wrong_width(file: Path, line: int, width: int, n_fields: int, count: int, whose: str, cure: str) -> BadValueError:
    """The error of rows with more or fewer fields than there should be; `whose` says where that many are from."""
    problem = f"too {'many' if width > n_fields else 'few'} fields, {width} where {whose} {n_fields}"
    return BadValueError(problem, file=file, line=line, count=count, cure=cure)
