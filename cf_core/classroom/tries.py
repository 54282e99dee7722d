"""Counts what may not happen too often, such as wrong codes, in a sliding window of time."""

import threading
import time
from collections import deque
from collections.abc import Callable

N_REMEMBERED = 10_000
"""Of so many names; of more, those whose last event is the oldest are forgotten."""


class Tries:
    """The events of the last `seconds` under each name; at most `most` of them are allowed.

    Args:
        most: how many.
        seconds: the length of the window.
        clock: in seconds, by default `time.monotonic`.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds = most, seconds
        self._clock, self._lock = clock, threading.Lock()
        self._events: dict[str, deque[float]] = {}

    def left(self, name: str) -> int:
        """How many more there may be under that name now; of an unknown name, "", they are not counted."""
        with self._lock:
            events, before = self._events.get(name, deque()), self._clock() - self.seconds
            while events and events[0] <= before:
                events.popleft()
            return self.most - len(events)

    def add(self, name: str) -> None:
        """Note one event."""
        if not name:
            return
        with self._lock:
            events = self._events.pop(name, None) or deque(maxlen=self.most)
            events.append(self._clock())
            self._events[name] = events
            if len(self._events) > N_REMEMBERED:
                del self._events[next(iter(self._events))]
