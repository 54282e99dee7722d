"""Imports a source of ratings: read, check, and write it as a data set of the lab."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from cf_core.data.about import LONGEST_NOUN, is_noun
from cf_core.data.checks import Found, refuse
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.tables.canonical import new_data_set, write_data_set
from cf_core.data.tables.names import check_free
from cf_core.data.tables.options import ImportOptions, ImportSummary, Report, Roles
from cf_core.data.tables.prepare import Prepared, prepare
from cf_core.data.tables.table import Table, open_layout, read_table
from cf_core.data.tables.table_file import TableFile, find_table
from cf_core.data.tables.titles import Titles, find_titles
from cf_core.data.tables.understand import roles_of, unit_of, words_of
from cf_core.errors import BadValueError, ConfigError
from cf_core.words import Words

_DEFAULTS = ImportOptions()
_READ, _CHECKED, _WHOLE = 30, 60, 100
"""How much of the work, in hundredths, is done when a table is read, checked, and written."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A table that is ready to be written."""

    prepared: Prepared
    titles: Titles
    words: Words


def import_data_set(
    source: Path, target: Path, options: ImportOptions = _DEFAULTS, report: Report | None = None
) -> ImportSummary:
    """Read a source of ratings and write it as the data set `target`, a folder that `read_ratings` takes.

    Args:
        source: a table (CSV, TSV, semicolons; compressed or not; Parquet), a zip with one, or what `read_ratings`
            reads.
        target: the new folder, in one that exists. Nothing of it is seen until it is whole.
        report: is told how much is done, and how much there is in all.

    Raises:
        DataFormatError: one of its subclasses: what is wrong, where, and what to do.
        ConfigError: `target` is taken, or an option does not fit the source.
        StoreError: it cannot be written.
    """
    report = report or (lambda done, total: None)
    check_free(target)
    _check_words(options.words)
    report(0, _WHOLE)
    found = find_table(source)
    if found is None:
        return _import_edition(read_ratings(source, options.most_bytes), target, options, report)
    table, roles = read(found, options, strict=True)
    report(_READ, _WHOLE)
    checked = check_table(table, roles, options)
    report(_CHECKED, _WHOLE)
    return _write(checked, target, report)


def read(source: TableFile, options: ImportOptions, *, strict: bool) -> tuple[Table, Roles]:
    """Read the columns of a table that have a role; with `strict`, a row that cannot be taken in is raised."""
    layout = open_layout(source, options.has_header, most_bytes=options.most_bytes)
    roles = roles_of(layout, options.roles)
    return read_table(layout, list(roles.named.values()), options.most_bytes, strict=strict), roles


def check_table(table: Table, roles: Roles, options: ImportOptions, found: Found = refuse) -> Checked:
    """Check a whole table; see `prepare`."""
    nouns = options.words or words_of(table.layout, roles)
    prepared = prepare(table, roles, options, nouns, found)
    titles = find_titles(table, prepared.item, roles, options, nouns)
    rating = prepared.kept.rating
    fitting = unit_of(rating[np.isfinite(rating)])
    unit = options.words.unit if options.words is not None and fitting == "stars" else fitting
    words = Words(nouns.item, nouns.items, unit)
    return Checked(prepared, titles, words)


def _check_words(words: Words | None) -> None:
    if words is not None and not (is_noun(words.item) and is_noun(words.items)):
        raise ConfigError(
            f"{words.item!r} and {words.items!r} are not both nouns. Write them in letters, of at most {LONGEST_NOUN}."
        )


def _write(checked: Checked, target: Path, report: Report) -> ImportSummary:
    prepared, kept = checked.prepared, checked.prepared.kept
    (user_idx, users), (item_idx, items) = prepared.user.indexed, prepared.item.indexed
    ids = users.tolist(), items.tolist()
    seconds = None if prepared.seconds is None else prepared.seconds[kept.rows]
    with new_data_set(target) as folder:
        write_data_set(
            folder, ids, (user_idx[kept.rows], item_idx[kept.rows]), _rating_text(prepared), seconds,
            (checked.titles.title.tolist(), checked.titles.genres.tolist()), checked.words, _last_part_of(report),
        )  # fmt: skip
    notes = (*prepared.notes, *checked.titles.notes)
    return ImportSummary(len(kept.rows), len(users), len(items), kept.n_left_out, checked.words, notes)


def _rating_text(prepared: Prepared) -> pa.Array:
    """The ratings that stay: as the table writes them, means with all the digits that a float32 has."""
    kept = prepared.kept
    index, texts = prepared.rating.indexed
    plain = pa.array(texts.to_numpy(dtype=object), pa.large_string()).take(pa.array(index[kept.rows]))
    if not kept.is_mean.any():
        return plain
    mean = pa.array([f"{value:.9g}" for value in kept.rating], pa.large_string())
    return pa.compute.if_else(pa.array(kept.is_mean), mean, plain)


def _import_edition(ratings: Ratings, target: Path, options: ImportOptions, report: Report) -> ImportSummary:
    """Write a data set that the lab reads as it is in the lab's own form."""
    if options.titles is not None or options.roles is not None or options.has_header is False:
        problem, cure = "its layout names its columns and titles itself", "Leave out columns, titles and header."
        raise BadValueError(problem, file=ratings.name, cure=cure)
    report(_CHECKED, _WHOLE)
    words = options.words or ratings.words
    table = ratings.item_table
    values, index = np.unique(ratings.rating, return_inverse=True)
    rating = pa.array([str(value) for value in values], pa.large_string()).take(pa.array(index))
    with new_data_set(target) as folder:
        write_data_set(
            folder, (_texts(ratings.users.ids), _texts(ratings.items.ids)), (ratings.user_idx, ratings.item_idx),
            rating, ratings.timestamp, (table.title.tolist(), table.genres.tolist()), words, _last_part_of(report),
        )  # fmt: skip
    return ImportSummary(ratings.n_ratings, ratings.n_users, ratings.n_items, 0, words)


def _texts(ids: np.ndarray) -> list[str]:
    return [str(value) for value in ids]


def _last_part_of(report: Report) -> Report:
    """Turns rows written into hundredths of the whole work."""
    return lambda done, total: report(_CHECKED + (_WHOLE - _CHECKED) * done // total, _WHOLE)
