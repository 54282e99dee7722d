"""Which processes are alive, told by locks that the kernel takes back when a process ends, however it ends.

Each process holds one lock file under a name of its own for as long as it lives, and writes that name into the runs
that it has in hand. A run whose keeper's lock is free has nobody left to move it on. Names are never used twice.
"""

import atexit
import contextlib
import fcntl
import os
import threading
import time
import uuid
from pathlib import Path

FRESH_SECONDS = 3600.0

_own: dict[Path, str] = {}
_own_lock = threading.Lock()


def own_keeper(folder: Path) -> str:
    """The name under which this process keeps runs in the store at `folder`. Its lock is taken at the first call, and
    anew where the file has gone with its folder."""
    with _own_lock:
        if folder not in _own or not _lock_file(folder, _own[folder]).exists():
            _own[folder] = _take_lock(folder)
        return _own[folder]


def _take_lock(folder: Path) -> str:
    name = uuid.uuid4().hex
    path = _lock_file(folder, name)
    path.parent.mkdir(exist_ok=True)
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)  # closed by the end of the process, and by nothing else
    fcntl.flock(lock, fcntl.LOCK_EX)
    atexit.register(path.unlink, missing_ok=True)
    return name


def is_alive(folder: Path, name: str) -> bool:
    """Whether the process that keeps runs under `name` still runs."""
    try:
        lock = os.open(_lock_file(folder, name), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def forget_the_dead(folder: Path) -> None:
    """Remove the lock files of processes that have ended. Fresh ones stay: their process may be about to lock them."""
    for path in (folder / "keepers").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process is at it too
            if time.time() - path.stat().st_mtime > FRESH_SECONDS and not is_alive(folder, path.name):
                path.unlink()


def _lock_file(folder: Path, name: str) -> Path:
    return folder / "keepers" / name
