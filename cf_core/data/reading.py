"""Reads a data set: recognise its format, read its columns as text, check them, build `Ratings`.

To support another format, write a module with a `Format` in `formats/` and add it to `FORMATS`.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cf_core.data import checks
from cf_core.data.about import read_words
from cf_core.data.cache import cached
from cf_core.data.formats.movielens import MOVIELENS
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings, item_table
from cf_core.data.raw import Column, Format, RawData
from cf_core.environment import PROJECT
from cf_core.errors import MissingFileError
from cf_core.words import MOVIES

FORMATS: tuple[Format, ...] = (MOVIELENS,)
EMBEDDED = PROJECT / "data" / "ml-latest-small"


def read_ratings(folder: str | Path) -> Ratings:
    """Read and check the data set in `folder` (lesson: "Collaborative filtering using fast.ai").

    The second half of the lesson begins in the same way (lesson: "Collbarative Filtering from scratch").

    Ids become int64 where every id of the kind is a plain decimal integer, and stay strings otherwise. Movies without a
    rating are left out, and so are columns that CF Lab does not use. A large data set that has been read before comes
    from a cache (see `cache.py`).

    Raises:
        MissingFileError: the folder or a file of the data set is not there.
        DataFormatError: one of its subclasses, for anything else that is wrong; the message names file, line and cure.
    """
    folder = Path(folder)
    layout, name = _format_of(folder), folder.resolve().name
    words = read_words(folder)
    ratings = cached(name, [folder / file for file in layout.files], lambda: _build(name, layout.read(folder)))
    if words == MOVIES:
        return ratings
    return replace(ratings, words=words, items=ratings.items.named(words.item))


def _format_of(folder: Path) -> Format:
    if not os.path.isdir(folder):
        problem = "this is a file, not a folder" if os.path.isfile(folder) else "the folder is not there"
        raise MissingFileError(problem, file=folder, cure="Name the folder that the files of the data set are in.")
    for candidate in FORMATS:
        if candidate.is_in(folder):
            return candidate
    known = "; or ".join(candidate.description for candidate in FORMATS)
    raise MissingFileError("the folder holds no data set", file=folder, cure=f"Put these files into it: {known}.")


def _build(name: str, raw: RawData) -> Ratings:
    """Run all checks, then build the arrays. Ids are compared as text; only the unique ones are given their type."""
    for column in raw.columns:
        checks.check_present(column)
    rating = checks.parse_ratings(raw.rating)
    timestamp = None if raw.timestamp is None else checks.parse_timestamps(raw.timestamp)
    checks.check_listed_once(raw.listed_id)
    checks.check_listed(raw.item_id, raw.listed_id)
    checks.check_rated_once(raw.user_id, raw.item_id)
    checks.check_enough(raw.user_id, "user")
    checks.check_enough(raw.item_id, "movie")
    checks.check_range(raw.rating, rating)
    (user_idx, user_ids), (item_idx, item_ids) = raw.user_id.indexed, raw.item_id.indexed
    users = IdMap(checks.typed_ids(user_ids), "user")
    items = IdMap(checks.typed_ids(item_ids, raw.listed_id.text), "item")
    row = raw.listed_id.indexed[1].get_indexer(item_ids)
    table = item_table(items, _texts(raw.title)[row], _texts(raw.genres)[row])
    return Ratings(name, users, items, user_idx, item_idx, rating, timestamp, table, raw.fingerprint)


def _texts(column: Column) -> NDArray[np.object_]:
    return column.text.to_numpy(dtype=object)
