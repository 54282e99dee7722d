"""The one door for data: pick the format, check everything once, build `Ratings`.

Nothing in here knows a file's name or layout. A new format is a module with a `Format`, and its entry in `FORMATS`.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from cf_core.data import checks
from cf_core.data.id_map import IdMap
from cf_core.data.movielens import MOVIELENS
from cf_core.data.ratings import Ratings
from cf_core.data.raw import Format, RawData
from cf_core.errors import MissingFileError

FORMATS: tuple[Format, ...] = (MOVIELENS,)
EMBEDDED = Path(__file__).resolve().parents[2] / "data" / "ml-latest-small"

_YEAR = r"\(([0-9]{4})(?:[-–][0-9]{0,4})?\)\s*$"  # (1994), (1975-1979) or (2007-) at the end of a title


def read_ratings(folder: str | Path) -> Ratings:
    """Read and check the data set in `folder`.

    Ids become int64 where every id of the kind is a plain decimal integer, and stay strings otherwise. Movies that
    nobody rated are left out, and so are columns that CF Lab does not use.

    Raises:
        MissingFileError: the folder or a file of the data set is not there.
        DataFormatError: one of its subclasses, for whatever else is wrong; the message names file, line and cure.
    """
    folder = Path(folder)
    raw = _format_of(folder).read(folder)
    return _build(folder.resolve().name, raw)


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
    user_idx, user_text = pd.factorize(raw.user_id.text)
    item_idx, item_text = pd.factorize(raw.item_id.text)
    checks.check_enough(raw.user_id, len(user_text), "user")
    checks.check_enough(raw.item_id, len(item_text), "movie")
    checks.check_range(raw.rating, rating)
    (user_ids,) = checks.typed_ids(user_text.to_numpy(dtype=object))
    item_ids, _ = checks.typed_ids(item_text.to_numpy(dtype=object), raw.listed_id.text.to_numpy(dtype=object))
    users, items = IdMap(user_ids, "user"), IdMap(item_ids, "item")
    table = _item_table(items, pd.Index(raw.listed_id.text).get_indexer(item_text), raw)
    user_idx, item_idx = user_idx.astype(np.int64), item_idx.astype(np.int64)
    return Ratings(name, users, items, user_idx, item_idx, rating, timestamp, table, raw.fingerprint)


def _item_table(items: IdMap, listed_rows: np.ndarray[tuple[int], np.dtype[np.intp]], raw: RawData) -> pd.DataFrame:
    """One row per rated item in index order, taken from `listed_rows` of the item table."""
    title = raw.title.text.iloc[listed_rows].reset_index(drop=True)
    genres = raw.genres.text.iloc[listed_rows].reset_index(drop=True)
    year = title.str.extract(_YEAR, expand=False).astype("Int64")
    return pd.DataFrame({"item_id": items.ids, "title": title, "year": year, "genres": genres})
