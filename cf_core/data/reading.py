"""The one door for data: pick the format, check everything once, build `Ratings`.

Nothing in here knows a file's name or layout. A new format is a module with a `Format`, and its entry in `FORMATS`.
"""

import os
from pathlib import Path

from cf_core.data import checks
from cf_core.data.cache import cached
from cf_core.data.formats.movielens import MOVIELENS
from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings, item_table
from cf_core.data.raw import Format, RawData
from cf_core.environment import PROJECT
from cf_core.errors import MissingFileError

FORMATS: tuple[Format, ...] = (MOVIELENS,)
EMBEDDED = PROJECT / "data" / "ml-latest-small"


def read_ratings(folder: str | Path) -> Ratings:
    """Read and check the data set in `folder`.

    Ids become int64 where every id of the kind is a plain decimal integer, and stay strings otherwise. Movies that
    nobody rated are left out, and so are columns that CF Lab does not use. Large data that have
    been read before come from a cache (cache.py).

    Raises:
        MissingFileError: the folder or a file of the data set is not there.
        DataFormatError: one of its subclasses, for whatever else is wrong; the message names file, line and cure.
    """
    folder = Path(folder)
    layout, name = _format_of(folder), folder.resolve().name
    return cached(name, [folder / file for file in layout.files], lambda: _build(name, layout.read(folder)))


def _format_of(folder: Path) -> Format:
    if not os.path.isdir(folder):
        problem = "this is a file, not a folder" if os.path.isfile(folder) else "the folder is not there"
        raise MissingFileError(problem, file=folder, cure="Name the folder that the files of the data set are in.")
    for candidate in FORMATS:
        if candidate.recognizes(folder):
            return candidate
    known = "; or ".join(candidate.needs for candidate in FORMATS)
    raise MissingFileError("the folder holds no data set", file=folder, cure=f"Put these files into it: {known}.")


def _build(name: str, raw: RawData) -> Ratings:
    """All checks, then the arrays. Ids are compared as text and given their type at the end."""
    for column in (raw.user_id, raw.item_id, raw.rating, raw.timestamp, raw.listed_id, raw.title, raw.genres):
        if column is not None:
            checks.check_present(column)
    rating = checks.ratings_of(raw.rating)
    timestamp = None if raw.timestamp is None else checks.seconds_of(raw.timestamp)
    checks.check_listed_once(raw.listed_id)
    checks.check_listed(raw.item_id, raw.listed_id)
    checks.check_rated_once(raw.user_id, raw.item_id)
    (user_idx, user_text), (item_idx, item_text) = raw.user_id.distinct, raw.item_id.distinct
    checks.check_enough(raw.user_id, len(user_text), "user")
    checks.check_enough(raw.item_id, len(item_text), "movie")
    checks.check_range(raw.rating, rating)
    (user_ids,) = checks.typed_ids(user_text.to_numpy(dtype=object))
    item_ids, _ = checks.typed_ids(item_text.to_numpy(dtype=object), raw.listed_id.text.to_numpy(dtype=object))
    users, items = IdMap(user_ids, "user"), IdMap(item_ids, "item")
    listed = raw.listed_id.distinct[1].get_indexer(item_text)
    title, genres = (column.text.to_numpy(dtype=object)[listed] for column in (raw.title, raw.genres))
    table = item_table(items, title, genres)
    return Ratings(name, users, items, user_idx, item_idx, rating, timestamp, table, raw.fingerprint)
