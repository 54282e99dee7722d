"""What many look at, read again when it is old, by one of them, while the others go on with what was read last."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """A value at most about `seconds` old. Nobody waits for somebody else's reading, except for the first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._last: tuple[float, T] | None = None
        self._is_outdated = False

    def get(self, read: Callable[[], T]) -> T:
        """The value; `read` reads it anew where it is old and nobody reads it already. What it raises passes through,
        and the next call reads again."""
        last = self._last
        if last is not None and not self._is_outdated and time.monotonic() - last[0] < self._seconds:
            return last[1]
        if last is not None and not self._lock.acquire(blocking=False):
            return last[1]
        if last is None:
            self._lock.acquire()
        try:
            if last is None and self._last is not None:
                return self._last[1]
            began, self._is_outdated = time.monotonic(), False
            self._last = began, read()
            return self._last[1]
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Have the next call read anew."""
        self._is_outdated = True
