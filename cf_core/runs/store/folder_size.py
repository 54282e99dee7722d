"""How many bytes the files in a folder take, counted anew only after one has come, gone or been replaced."""

import contextlib
import functools
import os
import time
from pathlib import Path

SETTLED_NS = 2 * 10**9
"""A folder that changed so short a time ago may change once more without a later time of change."""


def folder_size(folder: Path) -> int:
    """The bytes that the files in `folder` take, its subfolders left out; 0 where there is none. Files that vanish
    meanwhile do not count.

    To look at tens of thousands of files takes seconds, so what was counted is remembered along with the folder's time
    of change. That moves when a file in it is created, replaced or deleted, though not when one grows: see `files.py`.
    """
    try:
        changed = folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
    is_settled = time.time_ns() - changed > SETTLED_NS
    return _remembered_size(folder, changed) if is_settled else _size(folder)


@functools.lru_cache(maxsize=50_000)
def _remembered_size(folder: Path, changed: int) -> int:
    """What `_size` said when the folder had that time of change, in nanoseconds."""
    return _size(folder)


def _size(folder: Path) -> int:
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                total += entry.stat().st_size if entry.is_file() else 0
    return total
