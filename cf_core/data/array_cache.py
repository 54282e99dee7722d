"""The folder of what is computed once on a machine and kept as arrays: large data sets, and their splits.

It is the folder `CF_LAB_CACHE`, or else `cf-lab` in the user's cache, and should be on a local disk, see `array_file`.
Each thing is one file there, which is written under a temporary name and renamed, so that any number of processes may
read and write at once. Nothing in it is ever needed: where a file is damaged, cannot be read or cannot be written, the
log says so, and what it stands for is computed.
"""

import contextlib
import logging
import os
import re
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from cf_core.data.array_file import DamagedFileError, InPieces, map_arrays, note_of, write_arrays
from cf_core.environment import cache_folder
from cf_core.files import PART, atomic_write

_PART_PREFIX = "cf-lab-"
_OURS = re.compile(r"[0-9a-f]{64}(-[0-9a-f]{16})?\.v[0-9]+\.")
"""The folder may hold other files too; only those whose names begin so belong to the cache."""
_DAY_SECONDS = 86_400
_log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """What a file holds: its suffix with the version, and how many of the suffix are kept, those used last."""

    version: int
    suffix: str
    n_kept: int

    def name(self, key: str) -> str:
        """The name of the file with that key."""
        return f"{key}.v{self.version}{self.suffix}"


def load(kind: Kind, key: str, instead: str) -> list[NDArray[Any]] | None:
    """The arrays with that key, mapped, which nobody can write into; None where the cache does not have them intact.

    Args:
        instead: what happens then, for the log: "'ml-32m' is read from its own files".
    """
    try:
        file = cache_folder() / kind.name(key)
        arrays = map_arrays(file)
    except FileNotFoundError:
        return None
    except DamagedFileError:
        _log.warning("%s: is damaged. %s, and cached again.", file, instead)
        return None
    except (OSError, RuntimeError) as error:  # RuntimeError: the user has no home
        _log.warning("The cache cannot be read (%s). %s.", error, instead)
        return None
    with contextlib.suppress(OSError):
        os.utime(note_of(file))  # used last; the file itself must stay as it was when it was checked
    return arrays


def save(kind: Kind, key: str, arrays: Iterable[NDArray[Any] | InPieces], again: str) -> list[NDArray[Any]] | None:
    """Cache the arrays, and evict what was used longest ago. They come back mapped, as from `load`; None where that was
    not possible.

    Args:
        again: what happens the next time then, for the log.
    """
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{_PART_PREFIX}{uuid.uuid4().hex}{PART}"
        with atomic_write(folder / kind.name(key), part, durable=False):  # after a power failure the checksum is wrong
            mapped = write_arrays(part, arrays)
            part.chmod(0o644)  # other users of the folder may read it
        _evict(folder, kind)
    except (OSError, RuntimeError) as error:
        _log.warning(
            "The cache cannot be written (%s): %s. Make room, or name another folder in CF_LAB_CACHE.", error, again
        )
        return None
    return mapped


def _evict(folder: Path, kind: Kind) -> None:
    """Delete what was used longest ago of that kind, and what interrupted writes have left."""
    kept = [file for file in folder.glob(f"*{kind.suffix}") if _OURS.match(file.name)]
    old = sorted(kept, key=_last_used)[: -kind.n_kept]
    old += [note_of(file) for file in old]
    old += [part for part in folder.glob(f"{_PART_PREFIX}*{PART}") if _last_used(part) < time.time() - _DAY_SECONDS]
    for file in old:
        with contextlib.suppress(OSError):  # another user's, or gone already
            file.unlink()


def _last_used(file: Path) -> float:
    """When it was written or, where it is noted, used."""
    times = [0.0]
    for one in (file, note_of(file)):
        with contextlib.suppress(OSError):  # another process has deleted it
            times.append(one.stat().st_mtime)
    return max(times)
