"""Titles and genres of the items: from the table of ratings itself, or from a second table, or else the ids."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data import checks
from cf_core.data.raw import TextColumn
from cf_core.data.tables.column_names import role_of
from cf_core.data.tables.options import ImportOptions, Roles
from cf_core.data.tables.prepare import LONGEST_TEXT
from cf_core.data.tables.table import Layout, Table, open_layout, read_table
from cf_core.data.tables.table_file import find_table
from cf_core.errors import BadValueError, MissingColumnError
from cf_core.words import Words

NO_GENRES = "(no genres listed)"


@dataclass(frozen=True, eq=False)
class Titles:
    """Title and genres of each item, in the order of its index; the id and `NO_GENRES` where there is none."""

    title: NDArray[np.object_]
    genres: NDArray[np.object_]
    notes: list[str]


def find_titles(table: Table, item: TextColumn, roles: Roles, options: ImportOptions, words: Words) -> Titles:
    """The titles of all items of a table.

    Raises:
        DataFormatError: the table of titles cannot be read, or lists an id twice.
    """
    index, ids = item.indexed
    if options.titles is not None:
        return _from_second_table(ids, options.titles, options.most_bytes, words)
    first = np.full(len(ids), -1)
    first[index[::-1]] = np.arange(len(index))[::-1]
    title = table.values[roles.title].iloc[first] if roles.title is not None else None
    genres = table.values[roles.genres].iloc[first] if roles.genres is not None else None
    return _filled(ids, title, genres, [])


def _from_second_table(ids: "pd.Index[str]", file: Path, most_bytes: int, words: Words) -> Titles:
    found = find_table(file)
    if found is None:
        raise BadValueError("this is no table of titles", file=file, cure="Name a file with ids and titles.")
    layout = open_layout(found, least=2, most_bytes=most_bytes)
    id_name, title_name, genres_name = _columns(layout, set(ids))
    names = [name for name in (id_name, title_name, genres_name) if name is not None]
    table = read_table(layout, names, most_bytes, strict=True)
    listed = table.column(id_name)
    checks.check_listed_once(listed)
    row = listed.indexed[1].get_indexer(ids)
    title, genres = (None if name is None else _at(table.values[name], row) for name in (title_name, genres_name))
    notes = [f"Titles are from {file.name}: its {id_name} are the ids, its {title_name} the titles."]
    n_missing = int((row < 0).sum())
    if n_missing:
        notes.append(f"{words.count(n_missing)} are not listed there, and go by their ids.")
    return _filled(ids, title, genres, notes)


def _columns(layout: Layout, ids: set[str]) -> tuple[str, str, str | None]:
    """The column with most of the ids, the one whose name says title (else the first other), and the one of genres.

    Raises:
        MissingColumnError: no column has any of the ids.
    """
    sample = layout.sample
    shares = {name: float(sample[name].isin(ids).mean()) for name in layout.columns}
    told = {name: (role_of(name) or ("", 0))[0] for name in layout.columns}
    best = max(shares, key=lambda name: (told[name] == "item", shares[name]) if shares[name] else (False, 0.0))
    if not shares[best] and told[best] != "item":
        cure = "Give it a column with the ids of the items as the ratings have them."
        raise MissingColumnError("no column has ids of the ratings", file=layout.file, line=1, cure=cure)
    others = [name for name in layout.columns if name != best]
    title = next((name for name in others if told[name] == "title"), others[0])
    return best, title, next((name for name in others if told[name] == "genres" and name != title), None)


def _at(values: pd.Series, row: NDArray[np.int64]) -> pd.Series:
    """The values at rows, "" at row -1."""
    return values.take(row).reset_index(drop=True).where(pd.Series(row >= 0), "")


def _filled(ids: "pd.Index[str]", title: pd.Series | None, genres: pd.Series | None, notes: list[str]) -> Titles:
    id_texts = ids.to_numpy(dtype=object)
    return Titles(_or(title, id_texts), _or(genres, np.full(len(ids), NO_GENRES, dtype=object)), notes)


def _or(values: pd.Series | None, instead: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each value, the one from `instead` where it is missing; zero bytes and endless texts are no titles."""
    if values is None:
        return instead
    text = values.to_numpy(dtype=object)
    good = [bool(value.strip()) and "\0" not in value and len(value) <= LONGEST_TEXT for value in text]
    return np.where(good, text, instead)
