"""From a table's text to what is written: values checked, repeated pairs dealt with, and said what was made of them."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data import checks
from cf_core.data.checks import Found, check, quoted, refuse
from cf_core.data.raw import TextColumn
from cf_core.data.tables.options import ImportOptions, Roles
from cf_core.data.tables.repeated import OneEach, check_rated_once, one_each
from cf_core.data.tables.table import Table, encoding_notes
from cf_core.data.tables.times import as_seconds
from cf_core.errors import BadValueError, ConstantRatingError, TooFewError
from cf_core.words import Words

LONGEST_TEXT = 10_000
"""Characters of an id or a title."""
LIKES = "one class of value teaches nothing about how much somebody likes something"
_DECIMAL_COMMA = r"[+-]?\d+,\d+"


@dataclass(frozen=True, eq=False)
class Prepared:
    """One row per rating that will be written.

    Attributes:
        user, item: columns of the table, all its rows.
        rating: as text, all rows; `kept` tells which rows stay, and their values.
        seconds: since 1970, all rows; None where there are none.
        notes: whole sentences on what was read otherwise than as it stands.
    """

    user: TextColumn
    item: TextColumn
    rating: TextColumn
    seconds: NDArray[np.int64] | None
    kept: OneEach
    notes: list[str] = field(default_factory=list)


def prepare(table: Table, roles: Roles, options: ImportOptions, words: Words, found: Found = refuse) -> Prepared:
    """Check all values of a table and bring them into the lab's form.

    Args:
        found: is told what is wrong with values; by default that is raised. What is wrong with the table as a whole is
            always raised.

    Raises:
        DataFormatError: one of its subclasses.
    """
    user, item = table.column(roles.user), table.column(roles.item)
    for column in (user, item):
        check_ids(column, found)
    rating, notes = _rating(table.column(roles.rating), table.layout.delimiter)
    checks.check_present(rating, found)
    value = checks.parse_ratings(rating, found).astype(np.float64)
    seconds = None
    if roles.time is not None:
        written = _stripped(table.column(roles.time))
        checks.check_present(written, found)
        time, more = as_seconds(written, found)
        notes += more
        seconds = checks.parse_timestamps(time, found)
    kept = _kept(user, item, value, seconds, options, found)
    _check_whole(user, item, rating, kept, words)
    notes = encoding_notes(table.encoding) + notes + _repeated_note(kept, options)
    return Prepared(user, item, rating, seconds, kept, notes)


def check_ids(column: TextColumn, found: Found = refuse) -> None:
    """Raise `BadValueError` where an id or a title is missing, has a zero byte, or is endless."""
    checks.check_present(column, found)
    index, texts = column.indexed
    has_zero = np.asarray(texts.str.contains("\0", regex=False), dtype=np.bool_)
    wrong = has_zero | np.asarray(texts.str.len() > LONGEST_TEXT, dtype=np.bool_)
    problem = f"has a zero byte, or more than {LONGEST_TEXT:,} characters"
    cure = "Write it in fewer characters, without zero bytes."
    check(column, wrong[index], BadValueError, lambda row: f"{quoted(column, row)} {problem}", cure, found)


def _rating(column: TextColumn, delimiter: str | None) -> tuple[TextColumn, list[str]]:
    """The ratings without blanks around them, and with decimal points where the whole column has commas."""
    column = _stripped(column)
    index, texts = column.indexed
    with_comma = np.asarray(texts.str.fullmatch(_DECIMAL_COMMA), dtype=np.bool_)
    if delimiter == "," or not with_comma.any() or texts.str.contains(".", regex=False).any():
        return column, []
    pointed = pd.Series(texts.str.replace(",", ".", regex=False)).take(index).reset_index(drop=True)
    return replace(column, text=pointed), [f"The commas in {column.name} were read as decimal points."]


def _stripped(column: TextColumn) -> TextColumn:
    index, texts = column.indexed
    stripped = texts.str.strip()
    if (stripped == texts).all():
        return column
    return replace(column, text=pd.Series(stripped).take(index).reset_index(drop=True))


def _kept(
    user: TextColumn,
    item: TextColumn,
    value: NDArray[np.float64],
    seconds: NDArray[np.int64] | None,
    options: ImportOptions,
    found: Found,
) -> OneEach:
    if options.repeated == "refuse":
        check_rated_once(user, item, found)
        return OneEach(np.arange(len(value)), value, np.zeros(len(value), dtype=np.bool_), 0)
    return one_each(user, item, value, seconds, options.repeated)


def _check_whole(user: TextColumn, item: TextColumn, rating: TextColumn, kept: OneEach, words: Words) -> None:
    for column, what in ((user, "user"), (item, words.item)):
        n = len(column.indexed[1])
        if n < 2:
            cure = f"Add ratings until there are two or more {words.items if column is item else 'users'}."
            raise TooFewError(f"there is only one {what}", file=column.file, cure=cure)
    values = np.unique(kept.rating[np.isfinite(kept.rating)])
    if len(values) == 1 or values.tolist() == [0, 1]:
        problem = f"every {rating.name} is {values[0]:g}" if len(values) == 1 else f"every {rating.name} is 0 or 1"
        cure = f"Take a column that says how much: {LIKES}."
        raise ConstantRatingError(problem, file=rating.file, cure=cure)


def _repeated_note(kept: OneEach, options: ImportOptions) -> list[str]:
    if not kept.n_left_out:
        return []
    what = "the last counts" if options.repeated == "last" else "the mean of all counts"
    return [f"{kept.n_left_out:,} ratings repeat an item that their user had rated; {what}."]
