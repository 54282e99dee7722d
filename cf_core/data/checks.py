"""Checks that every data set must pass, whatever its format: the values, and how they fit together.

A failed check tells its `Finding`, all rows that are wrong, to whoever asks; unless somebody does, it raises a
`DataFormatError` that names the first of them and counts all.
"""

import re
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.raw import Column, NumberColumn, RawData, TextColumn
from cf_core.errors import (
    BadValueError,
    ConstantRatingError,
    DataFormatError,
    DuplicateItemError,
    DuplicateRatingError,
    TooFewError,
    UnlistedItemError,
)
from cf_core.words import Words

# Each pattern is one group, because pandas anchors a pattern by appending to it.
_NUMBER = r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_NOT_FINITE = r"(?:[+-]?(?i:inf|infinity|nan))"
_SECONDS = r"(?:-?[0-9]{1,11})"  # milliseconds have thirteen digits
_LARGEST_SECONDS = 99_999_999_999
_FIRST_SECOND, _LAST_SECOND = -9_214_560_000, 9_214_646_399
"""Of the years 1678 and 2261: what charts and tables can show."""
_LARGEST_RATING = 1e9
"""Beyond any scale of ratings; sums of squares up to it are far within float32."""
_SORTED_UP_TO = 2**22
"""Ratings. Fewer are sorted before SciPy is imported."""
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")


@dataclass(frozen=True, eq=False)
class Finding:
    """What a check found wrong with the values of a column.

    `rows` are counted from 0; `problem(row)` says in a few words what is wrong with one; `error` is what is raised.
    """

    column: Column
    rows: NDArray[np.int64]
    error: type[DataFormatError]
    problem: Callable[[int], str]
    cure: str


Found = Callable[[Finding], None]
"""Is told of a finding. It returns where the checks are to go on."""


def refuse(finding: Finding) -> None:
    """Raise the error of the first row, with the number of all."""
    column, row = finding.column, int(finding.rows[0])
    raise finding.error(
        finding.problem(row),
        file=column.file, line=column.line_of(row), count=len(finding.rows), cure=finding.cure,
    )  # fmt: skip


def check_raw(
    raw: RawData, words: Words, found: Found = refuse
) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
    """Run all checks on a data set; returns its ratings and its times.

    Args:
        words: what messages call an item.
        found: is told what is wrong with values; what is wrong with the data set as a whole is always raised.
    """
    for column in raw.columns:
        check_present(column, found)
    rating = parse_ratings(raw.rating, found)
    timestamp = None if raw.timestamp is None else parse_timestamps(raw.timestamp, found)
    check_listed_once(raw.listed_id, found)
    check_listed(raw.item_id, raw.listed_id, words, found)
    check_rated_once(raw.user_id, raw.item_id, words, found)
    check_enough(raw.user_id, "user", "users")
    check_enough(raw.item_id, words.item, words.items)
    check_range(raw.rating, rating)
    return rating, timestamp


def check_present(column: Column, found: Found = refuse) -> None:
    """Raise `BadValueError` where a value is missing: empty, or only whitespace."""
    wrong = column.is_missing()
    cure = "Fill it in, or delete the row."
    check(column, wrong, BadValueError, lambda row: f"{column.name} is missing", cure, found)


def parse_ratings(column: Column, found: Found = refuse) -> NDArray[np.float32]:
    """Parse the column as ratings, float32; `BadValueError` where a value is not a finite number up to a
    billion. Where the checks go on all the same, such a value is NaN."""
    codes, texts = column.indexed
    bad = ~_matches(texts, f"(?:{_NUMBER}|{_NOT_FINITE})")
    cure = "Write a plain number with a decimal point and without blanks, such as 3.5."
    check(column, bad[codes], BadValueError, lambda row: f"{quoted(column, row)} is not a number", cure, found)
    with np.errstate(over="ignore"):  # too large for float32 becomes infinite, which is refused below
        stars = texts.where(~bad, "nan").to_numpy(dtype=object).astype(np.float64).astype(np.float32)
    wrong = ~np.isfinite(stars) & ~bad
    check(column, wrong[codes], BadValueError, lambda row: f"{quoted(column, row)} is not finite", cure, found)
    wrong = np.abs(stars) > _LARGEST_RATING
    wrong &= np.isfinite(stars)
    cure = "Divide all ratings by the same number."
    check(column, wrong[codes], BadValueError, lambda row: f"{quoted(column, row)} is beyond a billion", cure, found)
    stars[~np.isfinite(stars)] = np.nan
    return stars[codes]


def parse_timestamps(column: TextColumn | NumberColumn, found: Found = refuse) -> NDArray[np.int64]:
    """Parse the column as seconds since 1970, int64; `BadValueError` where a value is not a whole number of the years
    1678 to 2261. Where the checks go on all the same, such a value is 0."""
    cure = "Write whole seconds since 1970, such as 1260759144, or leave the whole column out."
    if isinstance(column, NumberColumn):
        seconds, bad = column.numbers, np.abs(column.numbers) > _LARGEST_SECONDS
    else:
        bad = ~_matches(column.text, _SECONDS)
        text = column.text.where(~bad, "0") if bad.any() else column.text
        seconds = text.astype("Int64").to_numpy().astype(np.int64, copy=False)
    check(column, bad, BadValueError, lambda row: f"{quoted(column, row)} is not a number of seconds", cure, found)
    wrong = (seconds < _FIRST_SECOND) | (seconds > _LAST_SECOND)
    check(column, wrong, BadValueError, lambda row: f"{quoted(column, row)} is not within 1678 to 2261", cure, found)
    return seconds


def check_listed_once(listed_id: TextColumn, found: Found = refuse) -> None:
    """Raise `DuplicateItemError` where the item table lists an id again."""
    cure = "Keep one row for each id."
    wrong = listed_id.text.duplicated().to_numpy()
    check(listed_id, wrong, DuplicateItemError, lambda row: f"{quoted(listed_id, row)} is listed again", cure, found)


def check_rated_once(user_id: Column, item_id: Column, words: Words, found: Found = refuse) -> None:
    """Raise `DuplicateRatingError` where a user rates an item again."""
    (user, users), (item, items) = user_id.indexed, item_id.indexed
    if not _has_repeated(user, item, len(users), len(items)):
        return
    wrong = pd.Series(user * len(items) + item).duplicated().to_numpy()
    cure = f"Keep one rating of each {words.item} by each user."
    check(item_id, wrong, DuplicateRatingError,
           lambda row: f"{quoted(user_id, row)} rates {quoted(item_id, row)} again", cure, found)  # fmt: skip


def _has_repeated(user: NDArray[np.int64], item: NDArray[np.int64], n_users: int, n_items: int) -> bool:
    """Whether a pair of the two occurs again. Where each user's rows stand together, as in MovieLens, many need not be
    sorted: SciPy groups the users by item, in the order of the rows, and makes one entry of equal ones."""
    if len(user) < _SORTED_UP_TO or (user[1:] < user[:-1]).any():
        pair = user * n_items + item
        pair.sort()
        return bool((pair[1:] == pair[:-1]).any())
    from scipy.sparse import coo_array

    entries = np.ones(len(user), np.bool_), (item, user)
    return bool(coo_array(entries, shape=(n_items, n_users)).tocsr().nnz < len(user))


def check_listed(item_id: Column, listed_id: Column, words: Words, found: Found = refuse) -> None:
    """Raise `UnlistedItemError` where a rated item is not in the item table."""
    index, ids = item_id.indexed
    wrong = (listed_id.indexed[1].get_indexer(ids) < 0)[index]
    where = listed_id.file.name
    cure = f"Add the {words.item} to {where}, or delete its ratings."
    check(
        item_id, wrong, UnlistedItemError, lambda row: f"{quoted(item_id, row)} is not listed in {where}", cure, found
    )


def check_enough(column: Column, what: str, many: str) -> None:
    """Raise `TooFewError` where the column has fewer than two different values; `what` and `many` are what they are."""
    n = len(column.indexed[1])
    if n < 2:
        cure = f"Add ratings until there are two {many} or more."
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


def check(
    column: Column,
    wrong: NDArray[np.bool_],
    error: type[DataFormatError],
    problem: Callable[[int], str],
    cure: str,
    found: Found = refuse,
) -> None:
    """Tell `found` which rows are wrong, if any; by default, raise `error` at the first, with the number of all."""
    rows = np.flatnonzero(wrong)
    if rows.size:
        found(Finding(column, rows, error, problem, cure))


def quoted(column: Column, row: int) -> str:
    """The column's name and its value in a row, shortened, for messages."""
    return f"{column.name} {reprlib.repr(column.value(row))}"
