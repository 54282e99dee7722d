"""A data set as a list of NumPy arrays, which can be mapped from a file, and back."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings, item_table


def pack(ratings: Ratings) -> Iterator[NDArray[Any]]:
    """The arrays of `ratings`, except name and fingerprint, in the order in which `unpack` takes them; 28 bytes per
    rating. Those that are long have the type that they have in memory, so that nothing need be converted."""
    yield ratings.user_idx
    yield ratings.item_idx
    yield ratings.rating
    yield np.empty(0, dtype=np.int64) if ratings.timestamp is None else ratings.timestamp
    for ids in (ratings.users.ids, ratings.items.ids):
        yield _encode_strings(ids.tolist()) if ids.dtype == object else ids
    for name in ("title", "genres"):
        yield _encode_strings(ratings.item_table[name].tolist())


def unpack(name: str, fingerprint: str, arrays: Sequence[NDArray[Any]]) -> Ratings:
    """The data set of what `pack` gave; name and fingerprint are given."""
    user_idx, item_idx, rating, timestamp, user_ids, item_ids, title, genres = arrays
    users, items = IdMap(_decode_strings(user_ids), "user"), IdMap(_decode_strings(item_ids), "item")
    return Ratings(
        name=name,
        users=users,
        items=items,
        user_idx=user_idx,
        item_idx=item_idx,
        rating=rating,
        timestamp=timestamp if len(timestamp) else None,
        item_table=item_table(items, _decode_strings(title), _decode_strings(genres)),
        fingerprint=fingerprint,
    )


def _encode_strings(values: list[str]) -> NDArray[np.uint8]:
    """Strings of any length as one array of bytes (UTF-8 JSON)."""
    return np.frombuffer(json.dumps(values).encode(), dtype=np.uint8)


def _decode_strings(array: NDArray[Any]) -> NDArray[Any]:
    """The strings of an array of bytes; ids that are numbers (int64) come back as they are."""
    return np.array(json.loads(array.tobytes()), dtype=object) if array.dtype == np.uint8 else array
