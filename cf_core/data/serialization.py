"""Writes a data set to a binary stream as a sequence of NumPy arrays, and reads it back.

The stream is trusted: whether it is intact is for the caller to check.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cf_core.data.id_map import IdMap
from cf_core.data.ratings import Ratings, item_table

_NARROW = np.iinfo(np.int32)


def pack(ratings: Ratings, stream: BinaryIO) -> None:
    """Write `ratings`, except name and fingerprint, in 16 bytes per rating (20 with timestamps after January 2038)."""
    for array in _arrays(ratings):
        np.save(stream, array, allow_pickle=False)


def unpack(name: str, fingerprint: str, stream: BinaryIO) -> Ratings:
    """Read what `pack` wrote; name and fingerprint are given."""
    user_idx, item_idx = _next(stream).astype(np.int64), _next(stream).astype(np.int64)
    rating, timestamp = _next(stream), _next(stream)
    users, items = (IdMap(_decode_strings(_next(stream)), what) for what in ("user", "item"))
    title, genres = (_decode_strings(_next(stream)) for _ in range(2))
    return Ratings(
        name=name,
        users=users,
        items=items,
        user_idx=user_idx,
        item_idx=item_idx,
        rating=rating,
        timestamp=timestamp.astype(np.int64) if len(timestamp) else None,
        item_table=item_table(items, title, genres),
        fingerprint=fingerprint,
    )


def _arrays(ratings: Ratings) -> Iterator[NDArray[Any]]:
    """The arrays in the order in which `unpack` reads them."""
    yield _narrow(ratings.user_idx)
    yield _narrow(ratings.item_idx)
    yield ratings.rating
    yield np.empty(0, dtype=np.int64) if ratings.timestamp is None else _narrow(ratings.timestamp)
    for ids in (ratings.users.ids, ratings.items.ids):
        yield _encode_strings(ids.tolist()) if ids.dtype == object else ids
    for name in ("title", "genres"):
        yield _encode_strings(ratings.item_table[name].tolist())


def _next(stream: BinaryIO) -> NDArray[Any]:
    array: NDArray[Any] = np.load(stream, allow_pickle=False)
    return array


def _narrow(values: NDArray[np.int64]) -> NDArray[np.int32] | NDArray[np.int64]:
    """As int32 where all values fit."""
    fits = _NARROW.min <= values.min() and values.max() <= _NARROW.max
    return values.astype(np.int32) if fits else values


def _encode_strings(values: list[str]) -> NDArray[np.uint8]:
    """Strings of any length as one array of bytes (UTF-8 JSON)."""
    return np.frombuffer(json.dumps(values).encode(), dtype=np.uint8)


def _decode_strings(array: NDArray[Any]) -> NDArray[Any]:
    """The strings of an array of bytes; ids that are numbers (int64) come back as they are."""
    return np.array(json.loads(array.tobytes()), dtype=object) if array.dtype == np.uint8 else array
