"""A data set as text, before any value is checked: what every format hands to the door.

Nothing in here knows how a format lays out its files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Column:
    """One column as text, and where its values stand, so that a message can point at them.

    `name` is the file's own name for the column; `text` has one string a row, empty where the file has nothing;
    `line_of` gives the line in `file`, counted from 1, on which a row begins.
    """

    name: str
    text: pd.Series
    file: Path
    line_of: Callable[[int], int]

    @cached_property
    def distinct(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        """Which of the different texts each row has, shape (n_rows,), and these, in order of first appearance."""
        codes, texts = pd.factorize(self.text)
        return codes.astype(np.int64, copy=False), texts


@dataclass(frozen=True, eq=False)
class RawData:
    """The columns of the ratings, those of the item table, and the SHA-256 over the bytes that they came from."""

    user_id: Column
    item_id: Column
    rating: Column
    timestamp: Column | None
    listed_id: Column
    title: Column
    genres: Column
    fingerprint: str


@dataclass(frozen=True)
class Format:
    """One way to lay out a data set in a folder.

    `needs` says in words what the folder must hold; `files` names all that `read` reads, in the order in which the
    fingerprint goes through their bytes; `recognizes` tells from the names of its files whether a folder is meant to be
    of this format; `read` gives its columns or raises a `DataFormatError`.
    """

    name: str
    needs: str
    files: tuple[str, ...]
    recognizes: Callable[[Path], bool]
    read: Callable[[Path], RawData]
