"""What is understood of a source of ratings, what somebody chooses about it, and what becomes of it: values only."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import pandas as pd

from cf_core.words import Words

Repeated = Literal["refuse", "last", "mean"]
Report = Callable[[int, int], None]
"""Called with how much of an import is done, and how much there is in all."""
LARGEST = 2**32
"""Bytes that are read at most of a source, unpacked, unless somebody chooses otherwise."""


@dataclass(frozen=True)
class Roles:
    """Which column of a table is what, by name; None where there is no such column."""

    user: str
    item: str
    rating: str
    time: str | None = None
    title: str | None = None
    genres: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """The roles that have a column, role to column."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return {role: column for role, column in columns.items() if column is not None}


@dataclass(frozen=True)
class Understood:
    """What the beginning of a source says about it.

    Attributes:
        kind: "table", or "MovieLens" for a folder or zip in one of its layouts.
        columns: their names, unique; "column 1", "column 2" and so on where there is no header.
        first_rows: at most 20 rows as text, columns as in `columns`.
        has_header: whether the first line names the columns.
        delimiter: between two values of a text file; None for Parquet and MovieLens.
        encoding: "UTF-8", "UTF-16" or "Windows-1252"; None for Parquet and MovieLens.
        roles: which column is what; None where users, items and ratings could not all be told, or need no telling.
        guessed: the roles that were told from what is in the columns, for their names say nothing: to be looked at.
        why: whole sentences on how all this was found out.
        words: nouns and unit that the data set will have unless somebody chooses others.
    """

    kind: str
    columns: tuple[str, ...]
    first_rows: pd.DataFrame
    has_header: bool
    delimiter: str | None
    encoding: str | None
    roles: Roles | None
    guessed: frozenset[str]
    why: tuple[str, ...]
    words: Words


@dataclass(frozen=True)
class ImportOptions:
    """What somebody chooses about an import.

    Attributes:
        roles: which column is what; None for what `understand` finds.
        repeated: what becomes of a user's second rating of an item: the data are refused, or the last rating counts
            (by time where there is one, else by row), or the mean of all.
        words: what is rated, and in what; None for what `understand` finds. Where a rating lies beyond 0 to 5, the unit
            is points all the same.
        titles: a second table with ids, titles and, where it has them, genres of the items.
        has_header: whether the first line names the columns; None for what `understand` finds.
        most_bytes: that may be read of the source, unpacked, and as many of `titles`; of more, nothing is kept.
    """

    roles: Roles | None = None
    repeated: Repeated = "refuse"
    words: Words | None = None
    titles: Path | None = None
    has_header: bool | None = None
    most_bytes: int = LARGEST


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong with a source.

    Attributes:
        line: of the file, counted from 1 (of Parquet, the row); None where no single line is wrong.
        column: its name; "" where the whole row or file is wrong.
        value: as it stands there; "" where there is none to show.
        problem: what is wrong, in a few words.
        cure: what to do about it, a whole sentence.
        file: the name of the file it is in, where the source has several; "" where there is only one.
    """

    line: int | None
    column: str
    value: str
    problem: str
    cure: str
    file: str = ""


@dataclass(frozen=True)
class ImportSummary:
    """What an import wrote.

    Attributes:
        n_ratings, n_users, n_items: of the new data set.
        n_repeated: rows that were left out, or merged, because their user had rated the item before.
        words: what is rated, and in what.
        notes: whole sentences on what was read otherwise than as it stands: encoding, decimal commas, dates and so on.
    """

    n_ratings: int
    n_users: int
    n_items: int
    n_repeated: int
    words: Words
    notes: tuple[str, ...] = ()
