"""Reads a data set: open its folder or zip, recognise its format, read its columns as text, check them, build
`Ratings`.

To support another format, write a module with a `Format` in `formats/` and add it to `FORMATS`.
"""

import functools
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cf_core.data import checks
from cf_core.data.about import ABOUT, read_about
from cf_core.data.cache import cached
from cf_core.data.formats.movielens import MOVIELENS
from cf_core.data.formats.movielens_100k import MOVIELENS_100K
from cf_core.data.formats.movielens_dat import MOVIELENS_DAT
from cf_core.data.id_map import IdMap
from cf_core.data.open_source import open_source
from cf_core.data.ratings import Ratings, item_table
from cf_core.data.raw import Format, RawData, TextColumn
from cf_core.data.source import Folder, OneFile, Source, check_size
from cf_core.environment import PROJECT
from cf_core.errors import DataFormatError, MissingFileError
from cf_core.words import MOVIES, Words

FORMATS: tuple[Format, ...] = (MOVIELENS, MOVIELENS_DAT, MOVIELENS_100K)
EMBEDDED = PROJECT / "data" / "ml-latest-small"
STEPS = ("Reading the files", "Checking every value", "Storing")
"""What the first reading of a large data set takes, in turn, see `read_ratings`."""
_SHARES = (0.5, 0.3, 0.2)
"""Of the time that each takes."""
_log = logging.getLogger(__name__)


def read_ratings(
    path: str | Path, most_bytes: int | None = None, report: Callable[[float], None] | None = None
) -> Ratings:
    """Read and check the data set in a folder or a zip (lesson: "Collaborative filtering using fast.ai").

    The second half of the lesson begins in the same way (lesson: "Collbarative Filtering from scratch").

    Ids become int64 where every id of the kind is a plain decimal integer, and stay strings otherwise. Movies without a
    rating are left out, and so are columns and files that CF Lab does not use. A large data set that has been read
    before comes from a cache (see `cache.py`).

    Args:
        path: the folder or zip.
        most_bytes: that its files may have together, unpacked; None for no limit but that of a zip's members.
        report: is told how many of `STEPS` are done, the first of them in parts.

    Raises:
        MissingFileError: the folder, the zip or a file of the data set is not there.
        ArchiveError: the zip cannot be read.
        DataFormatError: one of its subclasses, for anything else that is wrong; the message names file, line and cure.
    """
    source, layout = open_data_set(path, most_bytes)
    about = read_about(source)
    words, name = about.words, about.name or Path(path).resolve().name
    ratings = cached(name, source, layout.files, lambda: _read(name, source, layout, words, report or _to_nobody))
    if words == MOVIES:
        return ratings
    return replace(ratings, words=words, items=ratings.items.named(words.item))


def open_data_set(path: str | Path, most_bytes: int | None = None) -> tuple[Source, Format]:
    """Its source and its format, before anything is read.

    Raises:
        DataFormatError: it is not there, is no data set, or has more than `most_bytes`, unpacked.
    """
    source = open_source(path)
    layout = _format_of(source)
    if most_bytes is not None:
        n_bytes = sum(source.size(file) for file in (*layout.files, ABOUT) if source.has(file))
        check_size(source.path, n_bytes, most_bytes)
    return source, layout


def holds_ratings(path: Path) -> bool:
    """Whether a folder or zip holds a data set, by the names of its files alone; its contents may still be wrong."""
    if not os.path.isdir(path) and path.suffix.lower() != ".zip":
        return False
    try:
        source = open_source(path)
    except DataFormatError as error:
        _log_once(str(error))
        return False
    return any(layout.holds_ratings(source) for layout in FORMATS)


@functools.lru_cache(maxsize=256)
def _log_once(message: str) -> None:
    """A folder of data sets is looked through at every visit."""
    _log.warning("%s It is not offered.", message)


def _format_of(source: Source) -> Format:
    """The format whose ratings are there; or else one of which any file is there, for the missing one to be named."""
    if isinstance(source, OneFile):
        cure = "Name the folder or the zip that the files of the data set are in."
        raise MissingFileError("this is a file, not a folder or a zip", file=source.path, cure=cure)
    for is_it in (Format.holds_ratings, Format.is_in):
        for candidate in FORMATS:
            if is_it(candidate, source):
                return candidate
    known = "; or ".join(candidate.description for candidate in FORMATS)
    what = "folder" if isinstance(source, Folder) else "zip"
    raise MissingFileError(f"the {what} holds no data set", file=source.path, cure=f"Put these files into it: {known}.")


def share_done(step: float) -> float:
    """The share of the time of a first reading that is over when so many of `STEPS` are done, 0 to 1."""
    whole = int(step)
    return sum(_SHARES[:whole]) + (step - whole) * sum(_SHARES[whole : whole + 1])


def _to_nobody(step: float) -> None:
    pass


def _read(name: str, source: Source, layout: Format, words: Words, report: Callable[[float], None]) -> Ratings:
    """Read the columns, and build the data set, which runs the checks."""
    raw = layout.read(source, None, report)
    report(1)
    ratings = _build(name, raw, words)
    report(2)
    return ratings


def _build(name: str, raw: RawData, words: Words) -> Ratings:
    """Run all checks, then build the arrays. Ids are compared as text; only the unique ones are given their type."""
    rating, timestamp = checks.check_raw(raw, words)
    (user_idx, user_ids), (item_idx, item_ids) = raw.user_id.indexed, raw.item_id.indexed
    users = IdMap(checks.typed_ids(user_ids), "user")
    items = IdMap(checks.typed_ids(item_ids, raw.listed_id.text), "item")
    row = raw.listed_id.indexed[1].get_indexer(item_ids)
    table = item_table(items, _texts(raw.title)[row], _texts(raw.genres)[row])
    return Ratings(name, users, items, user_idx, item_idx, rating, timestamp, table, raw.fingerprint)


def _texts(column: TextColumn) -> NDArray[np.object_]:
    return column.text.to_numpy(dtype=object)
