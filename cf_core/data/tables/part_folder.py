"""A folder for what is being written, which goes away with its process, however that ends."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".import-"


@contextlib.contextmanager
def part_folder(parent: Path) -> Iterator[Path]:
    """Yields an empty folder within `parent`, and removes it when the block ends. Those that killed processes have left
    there are removed first: the kernel has released their locks.

    Raises:
        OSError: it cannot be made.
    """
    for left in parent.glob(f"{PREFIX}*"):
        _remove_if_left(left)
    folder, lock = _locked(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(parent: Path) -> tuple[Path, int]:
    """A new folder and its lock. Before it was locked, another process may have taken it for left."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    with contextlib.suppress(OSError):  # held, somebody else's, or gone already
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(lock)
