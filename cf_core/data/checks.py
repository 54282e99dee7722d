"""Checks that every data set must pass, whatever its format: the values, and how they fit together.

A failed check raises a `DataFormatError` that names the first row that is wrong and counts all of them.
"""

import re
import reprlib
from collections.abc import Callable, Iterable
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

# Each pattern is one group, because pandas anchors a pattern by appending to it.
_NUMBER = r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_NOT_FINITE = r"(?:[+-]?(?i:inf|infinity|nan))"
_SECONDS = r"(?:-?[0-9]{1,11})"  # milliseconds have thirteen digits
_FIRST_SECOND, _LAST_SECOND = -9_214_560_000, 9_214_646_399
"""Of the years 1678 and 2261: what charts and tables can show."""
_LARGEST_RATING = 1e9
"""Beyond any scale of ratings; sums of squares up to it are far within float32."""
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")


def check_present(column: Column) -> None:
    """Raise `BadValueError` where a value is missing: empty, or only whitespace."""
    wrong = (column.text.str.strip() == "").to_numpy(dtype=np.bool_)
    cure = "Fill it in, or delete the row."
    _check(column, wrong, BadValueError, lambda row: f"{column.name} is missing", cure)


def parse_ratings(column: Column) -> NDArray[np.float32]:
    """Parse the column as ratings in stars, float32; `BadValueError` where a value is not a finite number up to a
    billion."""
    codes, texts = pd.factorize(column.text)
    wrong = ~_matches(texts, f"(?:{_NUMBER}|{_NOT_FINITE})")
    cure = "Write a plain number with a decimal point and without blanks, such as 3.5."
    _check(column, wrong[codes], BadValueError, lambda row: f"{_value(column, row)} is not a number", cure)
    with np.errstate(over="ignore"):  # too large for float32 becomes infinite, which is refused below
        stars = texts.to_numpy(dtype=object).astype(np.float64).astype(np.float32)
    wrong = ~np.isfinite(stars)
    _check(column, wrong[codes], BadValueError, lambda row: f"{_value(column, row)} is not finite", cure)
    wrong = np.abs(stars) > _LARGEST_RATING
    cure = "Divide all ratings by the same number."
    _check(column, wrong[codes], BadValueError, lambda row: f"{_value(column, row)} is beyond a billion", cure)
    return stars[codes]


def parse_timestamps(column: Column) -> NDArray[np.int64]:
    """Parse the column as seconds since 1970, int64; `BadValueError` where a value is not a whole number of the years
    1678 to 2261."""
    wrong = ~_matches(column.text, _SECONDS)
    cure = "Write whole seconds since 1970, such as 1260759144, or leave the whole column out."
    _check(column, wrong, BadValueError, lambda row: f"{_value(column, row)} is not a number of seconds", cure)
    seconds: NDArray[np.int64] = column.text.astype("Int64").to_numpy().astype(np.int64, copy=False)
    wrong = (seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)
    _check(column, wrong, BadValueError, lambda row: f"{_value(column, row)} is not within 1678 to 2261", cure)
    return seconds


def check_listed_once(listed_id: Column) -> None:
    """Raise `DuplicateItemError` where the item table lists an id again."""
    cure = "Keep one row for each id."
    wrong = listed_id.text.duplicated().to_numpy()
    _check(listed_id, wrong, DuplicateItemError, lambda row: f"{_value(listed_id, row)} is listed again", cure)


def check_rated_once(user_id: Column, item_id: Column) -> None:
    """Raise `DuplicateRatingError` where a user rates an item again."""
    (user, _), (item, items) = user_id.indexed, item_id.indexed
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
    index, ids = item_id.indexed
    wrong = (listed_id.indexed[1].get_indexer(ids) < 0)[index]
    where = listed_id.file.name
    cure = f"Add the movie to {where}, or delete its ratings."
    _check(item_id, wrong, UnlistedItemError, lambda row: f"{_value(item_id, row)} is not listed in {where}", cure)


def check_enough(column: Column, what: str) -> None:
    """Raise `TooFewError` where the column has fewer than two different users or movies."""
    n = len(column.indexed[1])
    if n < 2:
        cure = f"Add ratings until there are two {what}s or more."
        raise TooFewError(f"there is only {n} {what}", file=column.file, cure=cure)


def check_range(column: Column, rating: NDArray[np.float32]) -> None:
    """Raise `ConstantRatingError` where all ratings are equal, because predictions would have a range without width."""
    if rating.min() == rating.max():
        cure = "Add ratings of other values; there is nothing to learn from equal ones."
        problem = f"every {column.name} is {rating[0]:g}"
        raise ConstantRatingError(problem, file=column.file, count=len(rating), cure=cure)


def typed_ids(ids: "pd.Index[str]", others: Iterable[str] = ()) -> NDArray[Any]:
    """The ids as int64 if they and all `others` of their kind are plain decimal integers that fit, else as strings.

    Plain means without leading zeros or a plus sign, so that "7" and "007" stay two ids.
    """
    values = ids.to_numpy(dtype=object)
    is_integer = all(_is_int64(text) for texts in (values, others) for text in texts)
    return values.astype(np.int64) if is_integer else values


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
