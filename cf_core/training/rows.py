"""The ratings that a run trains on, or validates on, as tensors: looked up where they lie, some at a time."""

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cf_core.data.ratings import Ratings


class Rows(NamedTuple):
    """Ratings as index tensors on the device: `user_idx`, `item_idx` int64 and `rating` float32, each (n,)."""

    user_idx: Tensor
    item_idx: Tensor
    rating: Tensor

    def split(self, size: int) -> Iterator["Rows"]:
        """All of them in turn, `size` at a time; the last part may be smaller."""
        return map(Rows._make, zip(*(column.split(size) for column in self), strict=True))


class RowSource:
    """Rows of a data set by their position among those of a split.

    On the CPU nothing is copied before it is asked for: large data stay mapped from the cache, where all processes
    share them. Another device gets a copy of all rows at once.

    Args:
        rows: row numbers, int64, shape (n,).
        device: where the tensors are to be.
    """

    def __init__(self, ratings: Ratings, rows: NDArray[np.int64], device: torch.device) -> None:
        self.on_host, self._rows = device.type == "cpu", _view(rows)
        self._columns = Rows(*(_view(column) for column in (ratings.user_idx, ratings.item_idx, ratings.rating)))
        if not self.on_host:
            self._columns = Rows(*(column.index_select(0, self._rows).to(device) for column in self._columns))

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, positions: Tensor) -> Rows:
        """The rows at these positions, whole numbers from 0 to n - 1 on the CPU, shape (m,)."""
        rows = self._rows.index_select(0, positions) if self.on_host else positions.to(self._columns.rating.device)
        return Rows(*(column.index_select(0, rows) for column in self._columns))

    def split(self, size: int) -> Iterator[Rows]:
        """All rows in turn, `size` at a time; the last part may be smaller."""
        if not self.on_host:
            return self._columns.split(size)
        parts = self._rows.split(size)
        return (Rows(*(column.index_select(0, rows) for column in self._columns)) for rows in parts)

    def all(self) -> Rows:
        """All rows at once."""
        return next(self.split(len(self)))


def _view(array: NDArray[np.integer] | NDArray[np.float32]) -> Tensor:
    """The array as a tensor in the same memory, which nobody writes into: of mapped data it cannot be."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array)
