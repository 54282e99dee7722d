"""Writes tables as CSV that a spreadsheet may open: no text in them is taken for a formula."""

import pandas as pd

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def csv_of(table: pd.DataFrame, *, header: bool = True) -> str:
    """The table as CSV, with a header or without, one line per row; every text is `guarded`."""
    safe = table.copy()
    for name in safe.select_dtypes(include=["object", "string"]):
        safe[name] = safe[name].map(guarded, na_action="ignore")
    return safe.to_csv(index=False, header=header, lineterminator="\n")


def guarded(value: object) -> object:
    """Text that a spreadsheet would read as a formula, because it begins with = + - @ or a control character, gets an
    apostrophe in front, and so does text that begins with one: taking one apostrophe away gives any text back."""
    return f"{GUARD}{value}" if isinstance(value, str) and value.startswith((*FORMULA_SIGNS, GUARD)) else value
