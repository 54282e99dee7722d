"""Large data sets that have been read and checked, kept as arrays, so that the next read takes seconds.

What is kept goes by the SHA-256 over the bytes of the files: an edited file is other data, whatever its time says. A
data set is one file: the SHA-256 over all that follows, and then its arrays (packed.py). It is written under a
name of its own and put into its place in one step, so that any number of processes may read and write at once. It never
lies in the folder of the data, but in the folder `CF_LAB_CACHE`, or else in `cf-lab` in the user's cache.

Nothing in here is needed to read data: where the cache is damaged or cannot be written, the files of the data are read,
and the log says so.
"""

import contextlib
import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import file_digest, sha256
from io import BufferedRandom, BufferedReader
from pathlib import Path

from cf_core.data.ratings import Ratings
from cf_core.data.serialization import pack, unpack

VERSION = 1
"""Raise it when something else is kept than before, or when the door refuses what it used to let pass."""

CACHED_FROM = 2**25
"""Bytes. Smaller data, up to about a million ratings, are read from their own files in a second."""

N_KEPT = 4
"""So many data sets are kept, those used last. Each takes 16 bytes a rating, about half of what its files take."""

_ENDING, _BEGUN, _PART = f".v{VERSION}.ratings", "cf-lab-", ".part"
_OURS = re.compile(r"[0-9a-f]{64}\.v[0-9]+\.ratings")
"""The folder may hold files of others: those with such names alone are the cache's."""
_A_DAY = 86_400
_N_DIGEST = sha256().digest_size
_log = logging.getLogger(__name__)


def cached(name: str, files: Sequence[Path], read: Callable[[], Ratings]) -> Ratings:
    """The data set of that name in `files`: from the cache, or else by `read`, and then kept for the next time.

    Raises what `read` does, and nothing else.
    """
    if not _is_large(files):
        return read()
    ratings = _load(name, files)
    if ratings is None:
        ratings = read()
        _save(ratings)
    return ratings


def _is_large(files: Sequence[Path]) -> bool:
    """Not where a file cannot be found; to say so is up to the reader."""
    try:
        return sum(file.stat().st_size for file in files) >= CACHED_FROM
    except OSError:
        return False


def _folder() -> Path:
    chosen, user = os.environ.get("CF_LAB_CACHE"), os.environ.get("XDG_CACHE_HOME")
    return Path(chosen) if chosen else Path(user or Path.home() / ".cache") / "cf-lab"


def _load(name: str, files: Sequence[Path]) -> Ratings | None:
    """The data set in `files`, or None where the cache does not hold it whole."""
    try:
        fingerprint = _fingerprint_of(files)
        kept = _folder() / (fingerprint + _ENDING)
        with kept.open("rb") as stream:
            if not _is_whole(stream):
                _log.warning("%s: is damaged. '%s' is read from its own files, and kept again.", kept, name)
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
    """Keep `ratings`, and let go of what was used longest ago."""
    part = None
    try:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(_PART, _BEGUN, folder)
        part = Path(path)
        with open(descriptor, "w+b") as stream:
            _write(stream, ratings)
        part.chmod(0o644)  # who shares the folder may read it
        part.replace(folder / (ratings.fingerprint + _ENDING))
        _let_go(folder)
    except (OSError, RuntimeError) as error:
        if part is not None:
            part.unlink(missing_ok=True)
        _log.warning(
            "The cache cannot be written (%s): '%s' will be read from its own files the next time, too. Make room, or "
            "name another folder in CF_LAB_CACHE.", error, ratings.name,
        )  # fmt: skip


def _let_go(folder: Path) -> None:
    """Of what was used longest ago, and of what a writing that was broken off has left."""
    kept = [file for file in folder.glob("*.ratings") if _OURS.fullmatch(file.name)]
    old = sorted(kept, key=_last_used)[:-N_KEPT]
    old += [part for part in folder.glob(f"{_BEGUN}*{_PART}") if _last_used(part) < time.time() - _A_DAY]
    for file in old:
        with contextlib.suppress(OSError):  # another user's, or gone already
            file.unlink()


def _last_used(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another process has let go of it
        return 0


def _fingerprint_of(files: Sequence[Path]) -> str:
    digest = sha256()
    for file in files:
        with file.open("rb") as stream:
            file_digest(stream, lambda: digest)
    return digest.hexdigest()


def _is_whole(stream: BufferedReader) -> bool:
    """Whether the checksum holds; the stream then stands behind it."""
    checksum = stream.read(_N_DIGEST)
    is_whole = checksum == file_digest(stream, "sha256").digest()
    stream.seek(_N_DIGEST)
    return is_whole


def _write(stream: BufferedRandom, ratings: Ratings) -> None:
    """The arrays, and then their checksum before them."""
    stream.write(bytes(_N_DIGEST))
    pack(ratings, stream)
    stream.seek(_N_DIGEST)
    checksum = file_digest(stream, "sha256").digest()
    stream.seek(0)
    stream.write(checksum)
