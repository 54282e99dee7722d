"""Which ratings are the latest, of all and of each user: what a stable sort by time gives, without sorting all."""

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cf_core.data.chunks import chunks_of

_FEW = 2**14
"""Ratings that are sorted together: their keys fit into the processor's cache."""


def latest(times: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Positions of the `n` latest times, the earliest of them first, equal ones ascending:
    `np.argsort(times, kind="stable")[-n:]`.

    Only what is late enough is sorted, and each time with its position as one number: all of them differ, so any sort
    is stable. Where the times are too far apart for that, NumPy sorts all.
    """
    low, high, n_bits = int(times.min()), int(times.max()), _n_bits(len(times))
    if (high - low).bit_length() + n_bits > 63:
        return np.argsort(times, kind="stable")[-n:]
    first = _late_enough(times, n, low, high)
    keys = np.concatenate([_keys_from(times, some, first, n_bits) for some in chunks_of(len(times))])
    keys.sort()
    positions: NDArray[np.int64] = keys[-n:]
    positions &= (1 << n_bits) - 1
    return positions


def last_of_each(users: NDArray[np.int64], n_users: int, times: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Positions of each user's `k` latest times, or of all but the first where there are no more: by user (0 to
    n_users - 1), the earliest first, equal ones ascending."""
    n_ratings = np.bincount(users, minlength=n_users)
    n_last, ends = np.clip(n_ratings - 1, 0, k), np.cumsum(n_ratings)
    by_user = None if np.all(users[1:] >= users[:-1]) else _grouped(users, n_users)  # as in MovieLens, or not
    last = _last_places(ends, n_last)
    found = np.empty_like(last)
    for some in _few_users(ends):
        rows = slice(int(ends[some.start] - n_ratings[some.start]), int(ends[some.stop - 1]))
        order = _order(n_ratings[some], times[rows] if by_user is None else times[by_user[rows]])
        here = slice(*np.searchsorted(last, (rows.start, rows.stop)))
        found[here] = rows.start + order[last[here] - rows.start]
    return found if by_user is None else by_user[found]


def _n_bits(n: int) -> int:
    """Bits that hold the positions of n values."""
    return max(1, (n - 1).bit_length())


def _late_enough(times: NDArray[np.int64], n: int, low: int, high: int) -> int:
    """A time at or before the n-th latest, and not long before it: counts how many there are in each of some thousand
    stretches of time."""
    shift = max(0, (high - low).bit_length() - 12)
    counts = np.zeros(2**12, dtype=np.int64)
    for some in chunks_of(len(times)):
        counts += np.bincount((times[some] - low) >> shift, minlength=len(counts))
    as_late = np.cumsum(counts[::-1])[::-1]  # in each stretch or after it
    return low + (int(np.flatnonzero(as_late >= n)[-1]) << shift)


def _keys_from(times: NDArray[np.int64], some: slice, first: int, n_bits: int) -> NDArray[np.int64]:
    """The times of a chunk that are not before `first`, counted from it, each with its position behind it."""
    late = np.flatnonzero(times[some] >= first)
    keys: NDArray[np.int64] = (times[some][late] - first) << n_bits
    keys |= late + some.start
    return keys


def _few_users(ends: NDArray[np.int64]) -> Iterator[slice]:
    """All users, a few at a time, by where the ratings of each end: as many as have about `_FEW` ratings, and at least
    one."""
    n = int(ends[-1])
    stops = np.unique(np.searchsorted(ends, [*range(_FEW, n, _FEW), n])) + 1
    return (slice(start, stop) for start, stop in itertools.pairwise([0, *stops.tolist()]))


def _order(n_of_user: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions by user, then by time, then ascending. Each has the next `n_of_user` times."""
    n_bits, low, users = _n_bits(len(times)), int(times.min()), np.arange(len(n_of_user))
    duration = int(times.max()) - low + 1
    if (len(users) * duration).bit_length() + n_bits > 63:
        return np.lexsort((times, np.repeat(users, n_of_user)))
    keys = times + np.repeat(users * duration - low, n_of_user)
    keys <<= n_bits
    keys |= np.arange(len(keys))
    keys.sort()
    keys &= (1 << n_bits) - 1
    return keys


def _last_places(ends: NDArray[np.int64], n_last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the ratings of each user end there, in order: the places of the last `n_last` of each."""
    nth = np.arange(n_last.sum()) - np.repeat(np.cumsum(n_last) - n_last, n_last)
    places: NDArray[np.int64] = np.repeat(ends - n_last, n_last) + nth
    return places


def _grouped(values: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Positions by value, then ascending; the values are 0 to n - 1. It counts instead of comparing: each value is the
    row of an entry in a sparse matrix, and its position the column."""
    from scipy.sparse import coo_array

    positions = np.arange(len(values))
    entries = coo_array((np.ones(len(values), dtype=np.bool_), (values, positions)), shape=(n, len(values)))
    grouped: NDArray[np.int64] = entries.tocsr().indices.astype(np.int64)
    return grouped
