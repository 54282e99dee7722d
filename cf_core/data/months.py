"""Counts times by calendar month (UTC). It counts days, of which there are few, and adds up those of each month: to
find the month of each of 32 million times would take seconds."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

DAY_SECONDS = 86_400


def count_months(times: Iterable[NDArray[np.int64]], span: tuple[int, int]) -> tuple[NDArray[np.int64], int]:
    """How many of the times (seconds since 1970), which may come in several arrays, lie in each month from that of
    `span[0]` to that of `span[1]`, outside of which there is none; and the number of the first of these months, counted
    from January 1970."""
    first, last = (seconds // DAY_SECONDS for seconds in span)
    n_of_day = np.zeros(last - first + 1, dtype=np.int64)
    for part in times:
        n_of_day += np.bincount(part // DAY_SECONDS - first, minlength=len(n_of_day))
    month = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    n_of_month = np.zeros(month[-1] - month[0] + 1, dtype=np.int64)
    np.add.at(n_of_month, month - month[0], n_of_day)
    return n_of_month, int(month[0])


def months_from(first: int, n: int) -> NDArray[np.datetime64]:
    """The first days of n months as datetime64[s], starting `first` months after January 1970."""
    return (first + np.arange(n)).astype("datetime64[M]").astype("datetime64[s]")
