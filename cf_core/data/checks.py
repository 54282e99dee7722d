"""What must be true of every data set, whatever its format: values, and how they fit together.

Nothing in here reads a file. A check passes in silence or raises a `DataFormatError` that names the first offender.
"""

import re
import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.raw import Column
from cf_core.errors import (
    BadValueError,
    ConstantRatingError,
    DataFormatError,
    DuplicateItemError,
    DuplicateRatingError,
    TooFewError,
    UnlistedItemError,
)

# Groups as a whole, since pandas anchors a pattern by adding to its end.
_NUMBER = r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_NOT_FINITE = r"(?:[+-]?(?i:inf|infinity|nan))"
_SECONDS = r"(?:-?[0-9]{1,11})"  # eleven digits end in the year 5138; milliseconds have thirteen
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")


def check_present(column: Column) -> None:
    """Raise `BadValueError` where a value is missing: nothing, or nothing but blanks."""
    wrong = (column.text.str.strip() == "").to_numpy(dtype=np.bool_)
    cure = "Fill it in, or delete the row."
    _check(column, wrong, BadValueError, lambda row: f"{column.name} is missing", cure)


def ratings_of(column: Column) -> NDArray[np.float32]:
    """The column as ratings in stars, float32; `BadValueError` where a value is not a number or not finite."""
    codes, texts = pd.factorize(column.text)
    wrong = ~_matches(texts, f"(?:{_NUMBER}|{_NOT_FINITE})")
    cure = "Write a plain number with a decimal point and without blanks, such as 3.5."
    _check(column, wrong[codes], BadValueError, lambda row: f"{_value(column, row)} is not a number", cure)
    with np.errstate(over="ignore"):  # too large for float32 becomes infinite, and is refused as that
        stars = texts.to_numpy(dtype=object).astype(np.float64).astype(np.float32)
    wrong = ~np.isfinite(stars)
    _check(column, wrong[codes], BadValueError, lambda row: f"{_value(column, row)} is not finite", cure)
    return stars[codes]


def seconds_of(column: Column) -> NDArray[np.int64]:
    """The column as seconds since 1970, int64; `BadValueError` where a value is not a whole number of them."""
    wrong = ~_matches(column.text, _SECONDS)
    cure = "Write whole seconds since 1970, such as 1260759144, or leave the whole column out."
    _check(column, wrong, BadValueError, lambda row: f"{_value(column, row)} is not a number of seconds", cure)
    return column.text.astype("Int64").to_numpy().astype(np.int64, copy=False)


def check_listed_once(listed_id: Column) -> None:
    """Raise `DuplicateItemError` where the item table names an id again."""
    cure = "Keep one row for each id."
    wrong = listed_id.text.duplicated().to_numpy()
    _check(listed_id, wrong, DuplicateItemError, lambda row: f"{_value(listed_id, row)} is listed again", cure)


def check_rated_once(user_id: Column, item_id: Column) -> None:
    """Raise `DuplicateRatingError` where a user rates an item again."""
    (user, _), (item, items) = user_id.distinct, item_id.distinct
    pair = user * len(items) + item
    pair.sort()
    if not (pair[1:] == pair[:-1]).any():
        return
    wrong = pd.Series(user * len(items) + item).duplicated().to_numpy()
    cure = "Keep one rating of each movie by each user."
    _check(item_id, wrong, DuplicateRatingError,
           lambda row: f"{_value(user_id, row)} rates {_value(item_id, row)} again", cure)  # fmt: skip


def check_listed(item_id: Column, listed_id: Column) -> None:
    """Raise `UnlistedItemError` where a rated item is not in the item table."""
    codes, ids = item_id.distinct
    wrong = (listed_id.distinct[1].get_indexer(ids) < 0)[codes]
    where = listed_id.file.name
    cure = f"Add the movie to {where}, or delete its ratings."
    _check(item_id, wrong, UnlistedItemError, lambda row: f"{_value(item_id, row)} is not listed in {where}", cure)


def check_enough(column: Column, n: int, what: str) -> None:
    """Raise `TooFewError` where the column holds fewer than two different users or movies."""
    if n < 2:
        cure = f"Add ratings until there are two {what}s or more."
        raise TooFewError(f"there is only {n} {what}", file=column.file, cure=cure)


def check_range(column: Column, rating: NDArray[np.float32]) -> None:
    """Raise `ConstantRatingError` where all ratings are equal: the range that a model predicts on has no width."""
    if rating.min() == rating.max():
        cure = "Add ratings of other values; there is nothing to learn from equal ones."
        problem = f"every {column.name} is {rating[0]:g}"
        raise ConstantRatingError(problem, file=column.file, count=len(rating), cure=cure)


def typed_ids(*texts: NDArray[np.object_]) -> list[NDArray[Any]]:
    """The ids as int64 if every one is a plain decimal integer that fits, or else all of them as they stand.

    Plain means that the number is written in one way only, so that "7" and "007" stay two ids.
    """
    if all(_is_int64(text) for ids in texts for text in ids):
        return [ids.astype(np.int64) for ids in texts]
    return list(texts)


def _is_int64(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and -(2**63) <= int(text) < 2**63


def _matches(text: "pd.Series[str] | pd.Index[str]", pattern: str) -> NDArray[np.bool_]:
    return np.asarray(text.str.fullmatch(pattern), dtype=np.bool_)


def _value(column: Column, row: int) -> str:
    return f"{column.name} {reprlib.repr(column.text.iloc[row])}"


def _check(
    column: Column,
    wrong: NDArray[np.bool_],
    error: type[DataFormatError],
    problem: Callable[[int], str],
    cure: str,
) -> None:
    """Raise `error` at the first row that is wrong, with the number of all such rows."""
    rows = np.flatnonzero(wrong)
    if rows.size:
        row = int(rows[0])
        raise error(problem(row), file=column.file, line=column.line_of(row), count=rows.size, cure=cure)
