"""Tracks which processes are alive with file locks, which the kernel releases when a process exits for any reason.

Each process locks one file under a unique name for as long as it lives, and writes that name into the runs that it
holds: those that it has queued or trains. A run whose holder's lock is free has nobody left to continue it.
"""

import atexit
import contextlib
import fcntl
import os
import threading
import time
import uuid
from pathlib import Path

FOLDER = "keepers"
"""The folder of the lock files, in the folder of the store."""

FRESH_SECONDS = 3600.0

_names: dict[Path, str] = {}
_names_lock = threading.Lock()


def acquire_process_lock(folder: Path) -> str:
    """The name under which this process holds runs in the store at `folder`. The first call takes the lock; a later one
    takes a new lock where the file has gone with its folder."""
    with _names_lock:
        if folder not in _names or not _lock_file(folder, _names[folder]).exists():
            _names[folder] = _new_lock(folder)
        return _names[folder]


def _new_lock(folder: Path) -> str:
    name = uuid.uuid4().hex
    path = _lock_file(folder, name)
    path.parent.mkdir(exist_ok=True)
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)  # stays open, and so locked, until the process exits
    fcntl.flock(lock, fcntl.LOCK_EX)
    atexit.register(path.unlink, missing_ok=True)
    return name


def holder_is_alive(folder: Path, name: str) -> bool:
    """Whether the process that holds runs under `name` is still alive."""
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


def remove_stale_locks(folder: Path) -> None:
    """Delete the lock files of processes that have exited. Files younger than `FRESH_SECONDS` stay: their process may
    not have locked them yet."""
    for path in (folder / FOLDER).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process deletes them too
            if time.time() - path.stat().st_mtime > FRESH_SECONDS and not holder_is_alive(folder, path.name):
                path.unlink()


def _lock_file(folder: Path, name: str) -> Path:
    return folder / FOLDER / name
