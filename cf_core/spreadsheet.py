"""Writes tables as CSV that a spreadsheet may open: no text in them is taken for a formula."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def csv_of(table: pd.DataFrame, *, header: bool = True) -> str:
    """The table as CSV, with a header or without, one line per row; every text is `guarded`, those of the header, too.
    Numbers are written in full, times in ISO 8601, a list as Python writes it, what is missing as nothing."""
    columns = dict(enumerate(_as_cells(column) for _, column in table.items()))  # by place: two may have one name
    safe = pd.DataFrame(columns, index=table.index)
    names = [str(guarded(name)) for name in table.columns] if header else False
    return safe.to_csv(index=False, header=names, lineterminator="\n")


def _as_cells(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """What is written of a column."""
    if is_datetime64_any_dtype(column.dtype):
        return column.map(lambda time: time.isoformat(), na_action="ignore")
    return column if is_numeric_dtype(column.dtype) else column.astype(object).map(_as_cell)


def _as_cell(value: object) -> object:
    return guarded(value.tolist() if isinstance(value, np.ndarray) else value)


def guarded(value: object) -> object:
    """Text that a spreadsheet would read as a formula, because it begins with = + - @ or a control character, gets an
    apostrophe in front, and so does text that begins with one: taking one apostrophe away gives any text back."""
    return f"{GUARD}{value}" if isinstance(value, str) and value.startswith((*FORMULA_SIGNS, GUARD)) else value
