"""Calls a function again and again, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Ticker:
    """Calls `function` every `seconds` until it is closed. An error is logged, and does not end it."""

    def __init__(self, seconds: float, function: Callable[[], None]) -> None:
        self._seconds, self._function, self._closed = seconds, function, threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """Call no more; a call under way ends by itself."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            try:
                self._function()
            except Exception:
                _log.exception("What is done every %g seconds failed; it is tried again.", self._seconds)
