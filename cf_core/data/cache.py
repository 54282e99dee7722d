"""Caches large data sets as arrays once they have been read and checked, so that the next read takes seconds.

The key is the SHA-256 over the bytes of the files: an edited file is other data, whatever its modification time. A
cached data set is one file: the SHA-256 over all that follows, and then the arrays (see `serialization.py`). It is
written under a temporary name and renamed, so that any number of processes may read and write at once. It never lies in
the folder of the data, but in the folder `CF_LAB_CACHE`, or else in `cf-lab` in the user's cache.

The cache is never needed to read data: where it is damaged or cannot be written, the files of the data are read, and
the log says so.
"""

import contextlib
import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Sequence
from hashlib import file_digest, sha256
from io import BufferedRandom, BufferedReader
from pathlib import Path

from cf_core.data.ratings import Ratings
from cf_core.data.serialization import pack, unpack
from cf_core.data.source import Source
from cf_core.environment import cache_folder
from cf_core.files import PART, atomic_write

VERSION = 2
"""Increase it when the contents of a cached file change, or when the checks reject data that they used to accept."""

CACHED_FROM = 2**25
"""Bytes. Smaller data sets, up to about a million ratings, are read from their own files in a second."""

MAX_DATA_SETS = 4
"""How many data sets are kept, the most recently used. Each takes 16 bytes per rating, about half the size of its
files."""

_SUFFIX, _PART_PREFIX = f".v{VERSION}.ratings", "cf-lab-"
_OURS = re.compile(r"[0-9a-f]{64}\.v[0-9]+\.ratings")
"""The folder may hold other files too; only those with such names belong to the cache."""
_DAY_SECONDS = 86_400
_N_DIGEST = sha256().digest_size
_log = logging.getLogger(__name__)


def cached(name: str, source: Source, files: Sequence[str], read: Callable[[], Ratings]) -> Ratings:
    """The data set of that name in `files` of the source: from the cache, or else from `read`, and then cached for the
    next time.

    Raises only what `read` raises.
    """
    if not _is_large(source, files):
        return read()
    ratings = _load(name, source, files)
    if ratings is None:
        ratings = read()
        _save(ratings)
    return ratings


def _is_large(source: Source, files: Sequence[str]) -> bool:
    """False where a file is missing, which is for `read` to report."""
    return all(map(source.has, files)) and sum(map(source.size, files)) >= CACHED_FROM


def _load(name: str, source: Source, files: Sequence[str]) -> Ratings | None:
    """The data set in `files`, or None where the cache does not have it intact."""
    try:
        fingerprint = _fingerprint_of(source, files)
        kept = cache_folder() / (fingerprint + _SUFFIX)
        with kept.open("rb") as stream:
            if not _is_intact(stream):
                _log.warning("%s: is damaged. '%s' is read from its own files, and cached again.", kept, name)
                return None
            ratings = unpack(name, fingerprint, stream)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError) as error:  # RuntimeError: the user has no home
        _log.warning("The cache cannot be read (%s). '%s' is read from its own files.", error, name)
        return None
    with contextlib.suppress(OSError):
        os.utime(kept)  # used last
    return ratings


def _save(ratings: Ratings) -> None:
    """Cache `ratings`, and evict what was used longest ago."""
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / (ratings.require_fingerprint() + _SUFFIX)
        part = folder / f"{_PART_PREFIX}{uuid.uuid4().hex}{PART}"
        with atomic_write(target, part, durable=False):  # a lost or truncated file is simply read from the data again
            with part.open("x+b") as stream:
                _write(stream, ratings)
            part.chmod(0o644)  # other users of the folder may read it
        _evict(folder)
    except (OSError, RuntimeError) as error:
        _log.warning(
            "The cache cannot be written (%s): '%s' will be read from its own files the next time too. Make room, or "
            "name another folder in CF_LAB_CACHE.", error, ratings.name,
        )  # fmt: skip


def _evict(folder: Path) -> None:
    """Delete the data sets used longest ago, and what interrupted writes have left."""
    kept = [file for file in folder.glob("*.ratings") if _OURS.fullmatch(file.name)]
    old = sorted(kept, key=_last_used)[:-MAX_DATA_SETS]
    old += [part for part in folder.glob(f"{_PART_PREFIX}*{PART}") if _last_used(part) < time.time() - _DAY_SECONDS]
    for file in old:
        with contextlib.suppress(OSError):  # another user's, or gone already
            file.unlink()


def _last_used(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another process has deleted it
        return 0


def _fingerprint_of(source: Source, files: Sequence[str]) -> str:
    digest = sha256()
    for file in files:
        with source.open(file) as stream:
            file_digest(stream, lambda: digest)
    return digest.hexdigest()


def _is_intact(stream: BufferedReader) -> bool:
    """Whether the checksum is right; leaves the stream positioned behind it."""
    checksum = stream.read(_N_DIGEST)
    is_intact = checksum == file_digest(stream, "sha256").digest()
    stream.seek(_N_DIGEST)
    return is_intact


def _write(stream: BufferedRandom, ratings: Ratings) -> None:
    """Write the arrays, and then their checksum in front of them."""
    stream.write(bytes(_N_DIGEST))
    pack(ratings, stream)
    stream.seek(_N_DIGEST)
    checksum = file_digest(stream, "sha256").digest()
    stream.seek(0)
    stream.write(checksum)
