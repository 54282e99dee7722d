"""Whether the best settings lie at the end of what was searched: then something better may lie beyond."""

import math
from collections.abc import Mapping

from cf_core.sweeps.space import Interval, SearchSpace

SHARE = 0.05
"""So much of an interval, or of its decades, counts as its end."""


def at_an_end(space: SearchSpace, settings: Mapping[str, float | str]) -> list[str]:
    """The names of the settings whose value lies in the outermost `SHARE` of their interval."""
    intervals = {name: domain for name, domain in space.varied.items() if isinstance(domain, Interval)}
    return [name for name, interval in intervals.items() if not SHARE < _place(interval, settings[name]) < 1 - SHARE]


def _place(interval: Interval, value: float | str) -> float:
    """Where in the interval the value lies: 0 at its lower end, 1 at its upper, by decades if it is so searched."""
    ends = interval.low, interval.high
    low, high, at = (math.log(float(one)) if interval.log else float(one) for one in (*ends, value))
    return (at - low) / (high - low)
