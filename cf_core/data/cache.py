"""Caches large data sets as arrays once they have been read and checked, so that the next read takes no time.

The key is the SHA-256 over the bytes of the files: an edited file is other data, whatever its modification time. It is
computed once for files in the state that they are in, and noted in the cache (see `file_notes`). A cached data set is
one file (see `array_file`); it never lies in the folder of the data (see `array_cache`).
"""

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from hashlib import file_digest, sha256

from cf_core.data import array_cache
from cf_core.data.array_cache import Kind
from cf_core.data.file_notes import SUFFIX, FileState, Note
from cf_core.data.ratings import Ratings
from cf_core.data.serialization import pack, unpack
from cf_core.data.source import Source
from cf_core.environment import cache_folder

VERSION = 3
"""Increase it when the contents of a cached file change, or when the checks reject data that they used to accept."""

CACHED_FROM = 2**25
"""Bytes. Smaller data sets, up to about a million ratings, are read from their own files in a second."""

MAX_DATA_SETS = 4
"""How many data sets are kept, the most recently used. Each takes 28 bytes per rating, about as much as its files."""

MAX_PLACES = 64
"""Of how many places the fingerprint is noted, those that were hashed last."""

_SUFFIX, _PLACE = ".ratings", f".place{SUFFIX}"


def cached(name: str, source: Source, files: Sequence[str], read: Callable[[], Ratings]) -> Ratings:
    """The data set of that name in `files` of the source: from the cache, or else from `read`, and then cached for the
    next time. The arrays of a large one are mapped, and nobody can write into them.

    Raises only what `read` raises.
    """
    if not is_large(source, files):
        return read()
    ratings = load(name, source, files)
    if ratings is None:
        ratings = read()
        again = f"'{name}' will be read from its own files the next time too"
        fingerprint = ratings.require_fingerprint()
        arrays = array_cache.save(_kind(), fingerprint, pack(ratings), again)
        if arrays is not None:  # what all processes share, in place of one's own
            ratings = unpack(name, fingerprint, arrays)
    return ratings


def is_large(source: Source, files: Sequence[str]) -> bool:
    """Whether it is cached. False where a file is missing, which is for `read` to report."""
    return all(map(source.has, files)) and sum(map(source.size, files)) >= CACHED_FROM


def is_cached(source: Source, files: Sequence[str]) -> bool:
    """Whether the cache has the data set in `files`; whether it is intact shows when it is read."""
    try:
        return (cache_folder() / _kind().name(fingerprint_of(source, files))).exists()
    except (OSError, RuntimeError):
        return False


def load(name: str, source: Source, files: Sequence[str]) -> Ratings | None:
    """The data set in `files`, or None where the cache does not have it intact."""
    with contextlib.suppress(OSError):
        fingerprint = fingerprint_of(source, files)
        arrays = array_cache.load(_kind(), fingerprint, f"'{name}' is read from its own files")
        return None if arrays is None else unpack(name, fingerprint, arrays)
    return None  # for `read` to report


def fingerprint_of(source: Source, files: Sequence[str]) -> str:
    """SHA-256 over the bytes of the files, one after the other, in hexadecimal; raises `OSError`."""
    began, states = time.time(), [FileState.of(file) for file in source.files(files)]
    note = _note(source, files, states)
    noted = None if note is None else note.read()
    if noted is not None:
        return noted
    digest = sha256()
    for file in files:
        with source.open(file) as stream:
            file_digest(stream, lambda: digest)
    unchanged = states == [FileState.of(file) for file in source.files(files)]
    if note is not None and unchanged and all(state.is_settled(began) for state in states):
        note.write(digest.hexdigest())
        _forget_old_places()
    return digest.hexdigest()


def _kind() -> Kind:
    return Kind(VERSION, _SUFFIX, MAX_DATA_SETS)


def _forget_old_places() -> None:
    with contextlib.suppress(OSError):
        for note in sorted(cache_folder().glob(f"*{_PLACE}"), key=lambda note: note.stat().st_mtime)[:-MAX_PLACES]:
            note.unlink()


def _note(source: Source, files: Sequence[str], states: Sequence[FileState]) -> Note | None:
    """Where the fingerprint of that place is noted; None for a user without a home."""
    subject = json.dumps([str(source.path.resolve()), *files])
    with contextlib.suppress(RuntimeError):
        return Note(cache_folder() / f"{sha256(subject.encode()).hexdigest()}{_PLACE}", *states)
    return None
