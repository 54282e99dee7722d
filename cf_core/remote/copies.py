"""Local copies of what lies in an object store: each fetched once, whole or not at all, and given up when it has not
been used for long or takes too much room."""

import contextlib
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from cf_core.environment import cache_folder
from cf_core.files import PART, disk_errors_told, remove_folder

MOST_BYTES = 4 * 10**9
IN_USE_SECONDS, KEPT_SECONDS = 600.0, 86_400.0
"""One that was used so short a time ago may be being read, and stays; one that nobody has used for so long goes."""
TIDY_SECONDS = 60.0
"""How often, at most, a new copy makes the others be looked through."""
_N_LOCKS = 32


class Copies:
    """The copies in a folder of the cache, which all processes on this machine share. Each is a folder, with one file
    or more; its time of change says when it was used last.

    Args:
        folder: by default `files` in `CF_LAB_CACHE`.

    Raises (every method): StoreError, where the folder cannot be written.
    """

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder or cache_folder() / "files", most_bytes
        self._locks = [threading.Lock() for _ in range(_N_LOCKS)]
        self._tidied = -TIDY_SECONDS

    def of(self, what: str, fetch: Callable[[Path], None]) -> Path:
        """The folder with the copy of `what`, which names one content for ever. `fetch` fills a new folder where there
        is none; whatever it raises passes through."""
        digest = sha256(what.encode()).hexdigest()[:32]
        copy = self.folder / digest
        with self._locks[int(digest, 16) % _N_LOCKS]:  # threads that ask for the same wait for one of them to fetch it
            with contextlib.suppress(FileNotFoundError):
                os.utime(copy)
                return copy
            with self.scratch() as part:
                fetch(part)
                with disk_errors_told(copy):
                    _rename(part, copy)
        if time.monotonic() > self._tidied + TIDY_SECONDS:
            self.tidy()
        return copy

    def forget(self, what: str) -> None:
        """Delete the copy of `what`, if there is one."""
        remove_folder(self.folder / sha256(what.encode()).hexdigest()[:32])

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder on the disk of the copies, for this user alone, which is removed in the end."""
        part = self.folder / f".{secrets.token_hex(8)}{PART}"
        with disk_errors_told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.mkdir(mode=0o700)
        try:
            yield part
        finally:
            remove_folder(part)

    def free_bytes(self) -> int:
        """Room on the disk of the copies."""
        with disk_errors_told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return shutil.disk_usage(self.folder).free

    def tidy(self) -> None:
        """Delete the copies that nobody has used for long, and of the others, from the one that was used longest ago,
        as many as take more than `most_bytes` together; none that may be in use."""
        self._tidied, now, taken = time.monotonic(), time.time(), 0
        for used, copy in sorted(_by_use(self.folder), reverse=True):
            taken += _n_bytes(copy)
            age = now - used
            if age > KEPT_SECONDS or (taken > self.most_bytes and age > IN_USE_SECONDS):
                shutil.rmtree(copy, ignore_errors=True)  # another process may be deleting it too


def _rename(part: Path, copy: Path) -> None:
    try:
        os.rename(part, copy)
    except OSError:
        if not copy.is_dir():  # or else another process has fetched it meanwhile
            raise


def _by_use(folder: Path) -> Iterator[tuple[float, Path]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                yield entry.stat().st_mtime, Path(entry.path)


def _n_bytes(folder: Path) -> int:
    total = 0
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                total += entry.stat().st_size
    return total
