"""What the beginning of a source says about it, for somebody to look at and correct before anything is imported."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.reading import read_ratings
from cf_core.data.tables.column_names import noun_of, plural_of
from cf_core.data.tables.options import LARGEST, Roles, Understood
from cf_core.data.tables.roles import guess_roles
from cf_core.data.tables.table import Layout, open_layout
from cf_core.data.tables.table_file import find_table
from cf_core.errors import ConfigError, MissingColumnError
from cf_core.words import ITEMS, Unit, Words

N_ROWS = 20
_MOST_STARS = 5


def understand(source: Path, has_header: bool | None = None, most_bytes: int = LARGEST) -> Understood:
    """Look at the beginning of a source of ratings.

    Args:
        source: a table (CSV, TSV, semicolons; compressed or not; Parquet), a zip with one, or what `read_ratings`
            reads.
        has_header: whether the first line of a text table names the columns; None to find out.
        most_bytes: see `ImportOptions`; of a MovieLens edition, all is read.

    Raises:
        DataFormatError: one of its subclasses, where it cannot be read or is no table.
    """
    table = find_table(source)
    if table is None:
        return _edition(source, most_bytes)
    layout = open_layout(table, has_header, most_bytes=most_bytes)
    guess = guess_roles(layout.sample)
    words = ITEMS if guess.roles is None else words_of(layout, guess.roles)
    return Understood(
        kind="table",
        columns=layout.columns,
        first_rows=layout.sample.head(N_ROWS),
        has_header=layout.has_header,
        delimiter=layout.delimiter,
        encoding=layout.encoding,
        roles=guess.roles,
        guessed=frozenset(guess.guessed),
        why=(*layout.notes, *guess.why),
        words=words,
    )


def roles_of(layout: Layout, chosen: Roles | None) -> Roles:
    """The roles of a table's columns: those chosen, or else those found.

    Raises:
        MissingColumnError: a chosen column is not there, or users, items or ratings could not be told.
        ConfigError: a column has two roles that no column can have at once.
    """
    roles = chosen or guess_roles(layout.sample).roles
    if roles is None:
        problem = (
            f"users, items and ratings could not be told from the columns {', '.join(map(repr, layout.columns[:8]))}"
        )
        cure = "Say which column has the users, which the items, and which the ratings."
        raise MissingColumnError(problem, file=layout.file, line=1, cure=cure)
    missing = [column for column in roles.named.values() if column not in layout.columns]
    if missing:
        there = ", ".join(map(repr, layout.columns[:8]))
        cure = "Name one of these columns."
        problem = f"no column {missing[0]!r}; there are {there}"
        raise MissingColumnError(problem, file=layout.file, line=1, count=len(missing), cure=cure)
    apart = [roles.user, roles.item, roles.rating, *([roles.time] if roles.time is not None else [])]
    if len(set(apart)) < len(apart):
        raise ConfigError("Users, items, ratings and times must be different columns. Choose others.")
    return roles


def words_of(layout: Layout, roles: Roles) -> Words:
    """The nouns that the name of the column of items tells, and the unit that fits the first ratings."""
    noun = noun_of(roles.item) or ITEMS.item
    number = pd.to_numeric(layout.sample[roles.rating].str.replace(",", "."), errors="coerce").dropna()
    return Words(noun, plural_of(noun), unit_of(number.to_numpy(dtype=np.float64)))


def unit_of(rating: NDArray[np.float64]) -> Unit:
    """Stars where all ratings lie in 0 to 5, else points."""
    return "stars" if ((rating >= 0) & (rating <= _MOST_STARS)).all() else "points"


def _edition(source: Path, most_bytes: int) -> Understood:
    ratings = read_ratings(source, most_bytes)
    rows = ratings.frame().head(N_ROWS).astype("str")
    why = (f"{source.name} is laid out as MovieLens hands its data out, so that nothing needs to be told.",)
    return Understood("MovieLens", tuple(rows.columns), rows, True, None, None, None, frozenset(), why, ratings.words)
