"""Keeps the data sets that a worker has read, so that the next run on one of them need not read it again; and the sizes
of those that a server was asked about."""

import os
from pathlib import Path

from cf_core.data.first_reading import read_apart
from cf_core.data.ratings import Ratings
from cf_core.data.reading import read_ratings
from cf_core.data.source import Stamp, stamp
from cf_core.runs.cost import DataSize

N_KEPT = 2


class DataCache:
    """Reads data sets and keeps the `N_KEPT` used last. A file of another size or time makes it another data set."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Stamp], Ratings] = {}

    def read(self, folder: str | Path) -> Ratings:
        """The ratings in a folder or zip; raises what `read_ratings` does."""
        key = os.path.abspath(folder), stamp(folder)
        ratings = self._kept.pop(key, None) or _read(folder)
        self._kept[key] = ratings
        for oldest in list(self._kept)[:-N_KEPT]:
            del self._kept[oldest]
        return ratings


class DataSizes:
    """The sizes of data sets, each read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Stamp], DataSize] = {}

    def of(self, folder: str | Path) -> DataSize:
        """The size of the data set in a folder or zip; raises what `read_ratings` does."""
        key = os.path.abspath(folder), stamp(folder)
        if key not in self._known:
            self._known[key] = DataSize.of(_read(folder))
        return self._known[key]


def _read(folder: str | Path) -> Ratings:
    """Large data that nobody has read yet are read in a process of their own: it takes several times their memory."""
    read_apart(folder)
    return read_ratings(folder)
