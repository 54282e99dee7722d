"""Shows why raw ids are not used as row numbers: how many numbers up to the highest id are in use, and the memory that
the rest would waste."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cf_core.data.id_map import IdMap
from cf_core.errors import ConfigError

BYTES_PER_NUMBER = 4
"""Factors are float32."""


@dataclass(frozen=True)
class IdTable:
    """The size of a table of factors with a row for each number from 0 to the highest raw id."""

    highest: int
    n_used: int
    n_factors: int

    @property
    def n_rows(self) -> int:
        """Rows of the table, row 0 included."""
        return self.highest + 1

    @property
    def n_wasted(self) -> int:
        """Rows whose number is no id."""
        return self.n_rows - self.n_used

    @property
    def bytes_needed(self) -> int:
        return self.n_used * self.n_factors * BYTES_PER_NUMBER

    @property
    def bytes_wasted(self) -> int:
        return self.n_wasted * self.n_factors * BYTES_PER_NUMBER


def id_table(ids: IdMap, n_factors: int) -> IdTable:
    """The table that would be needed if raw ids were row numbers.

    Raises:
        ConfigError: the ids are not whole numbers of 0 or more, or n_factors is below 1.
    """
    if n_factors < 1:
        raise ConfigError(f"n_factors={n_factors} is out of range. Choose 1 or more.")
    return IdTable(_highest(ids), len(ids), n_factors)


def gaps(ids: IdMap, n_bins: int = 100) -> pd.DataFrame:
    """How many numbers are in use in each of at most `n_bins` equal intervals from 0 to the highest raw id.

    Columns: first, last (raw ids, both included), n_used, n_unused. The width is rounded up to 1, 2 or 5 times a power
    of ten.

    Raises:
        ConfigError: as `id_table`.
    """
    highest = _highest(ids)
    width = _round_up((highest + 1) / n_bins)
    n_used = np.bincount(ids.ids // width, minlength=highest // width + 1)
    first = np.arange(len(n_used), dtype=np.int64) * width
    last = np.minimum(first + width - 1, highest)
    return pd.DataFrame({"first": first, "last": last, "n_used": n_used, "n_unused": last - first + 1 - n_used})


def _highest(ids: IdMap) -> int:
    if ids.ids.dtype.kind != "i" or ids.ids.min() < 0:
        raise ConfigError(f"The {ids.called} ids are not numbers of 0 or more, so they cannot be row numbers.")
    return int(ids.ids.max())


def _round_up(width: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, ..."""
    power = 1
    while True:
        for step in (1, 2, 5):
            if step * power >= width:
                return step * power
        power *= 10
