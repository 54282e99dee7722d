"""Reads a large data set that is not in the cache by a program of its own, so that neither the memory nor the
interpreter of a server or a worker is taken up by it; afterwards `read_ratings` maps it from the cache.

    python -m cf_core.data.first_reading PATH

prints a line of JSON now and then: `{"step": 0.25}`; and `{"error": …}`, a pickled `CFError`, where the data are
refused. Programs on one machine read one after the other, and who comes later finds what the one before has cached.
"""

import base64
import fcntl
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

from cf_core.data.cache import is_cached, is_large
from cf_core.data.reading import open_data_set, read_ratings
from cf_core.data.source import Stamp, stamp
from cf_core.environment import PROJECT, cache_folder
from cf_core.errors import CFError, DataFormatError
from cf_core.remote.url import is_url

NICENESS = 5
"""Added to the server's, so that pages come first."""

_Key = tuple[str, Stamp]
_lock = threading.Lock()
_under_way: "dict[_Key, FirstReading]" = {}
_done: set[_Key] = set()
"""What needs no such program any more: small data, which pages ask for again and again, and what the cache has."""


class FirstReading:
    """One such program, shared by all in this process who want the data set.

    Attributes:
        step: how many of `STEPS` are done, the one under way in part.
    """

    def __init__(self, key: _Key) -> None:
        self.step = 0.0
        self._key, self._ended = key, threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def has_ended(self, seconds: float | None = None) -> bool:
        """Wait for its end, for so many seconds at most; whether it has ended.

        Raises:
            CFError: the data were refused, or the program was ended, as where there is too little memory.
            RuntimeError: a defect of the program.
        """
        has_ended = self._ended.wait(seconds)
        if has_ended and self._error is not None:
            raise self._error
        return has_ended

    def _run(self) -> None:
        """Follow the program, in a thread that has no caller to raise to."""
        try:
            self._follow(self._key[0])
        except Exception as error:
            self._error = error
        with _lock:
            del _under_way[self._key]
            if self._error is None:
                _done.add(self._key)
        self._ended.set()

    def _follow(self, path: str) -> None:
        command = [sys.executable, "-u", "-m", __name__, path]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                told = json.loads(line)
                if "error" in told:
                    raise pickle.loads(base64.b64decode(told["error"]))
                self.step = told["step"]
        if process.returncode:
            raise _error_of(path, process.returncode)


def first_reading(path: str | Path) -> FirstReading | None:
    """The first reading of the data set at `path`, started if need be; None where it is small, or in the cache, or
    cannot be opened, which is for `read_ratings` to report."""
    key = os.path.abspath(path) if not is_url(path) else str(path), stamp(path)
    if key in _done:
        return None
    with _lock:
        if key in _under_way:
            return _under_way[key]
    is_needed = _is_needed(path)
    with _lock:
        if not is_needed:
            _done.add(key)
            return None
        if key not in _under_way:
            _under_way[key] = FirstReading(key)
        return _under_way[key]


def read_apart(path: str | Path) -> None:
    """Wait for the first reading, if one is needed; raises what `FirstReading.has_ended` does."""
    reading = first_reading(path)
    if reading is not None:
        reading.has_ended()


def _is_needed(path: str | Path) -> bool:
    try:
        source, layout = open_data_set(path)
        return is_large(source, layout.files) and not is_cached(source, layout.files)
    except CFError:
        return False


def _error_of(path: str, status: int) -> Exception:
    if status > 0:
        return RuntimeError(f"The program that reads {path} ended with status {status}; the log has its last words.")
    cure = "End other programs, or read it on a machine with more memory: its cache can be copied."
    return DataFormatError("the program that read it was ended, as by a machine without memory", file=path, cure=cure)


def _print(**told: object) -> None:
    print(json.dumps(told), flush=True)


def main(path: str) -> None:
    """Read and cache the data set, unless somebody else did meanwhile. Where there can be no cache it is of no use."""
    os.nice(NICENESS)
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock = (cache_folder() / "cf-lab-reading.lock").open("a")
    except (OSError, RuntimeError):  # RuntimeError: the user has no home
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            read_ratings(path, report=lambda step: _print(step=step))
        except CFError as error:
            _print(error=base64.b64encode(pickle.dumps(error)).decode())


if __name__ == "__main__":
    main(sys.argv[1])
