"""The columns of a data set before any value is checked: what each format reads, and `reading.py` turns into
`Ratings`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cf_core.data.id_map import index_ids
from cf_core.data.source import Source
from cf_core.errors import DataFormatError


@dataclass(frozen=True, eq=False)
class Column(ABC):
    """One column, and the position of its values, so that an error message can point at them.

    `name` is the file's own name for the column; `line_of` gives the line in `file`, counted from 1, on which a row
    begins.
    """

    name: str
    file: Path
    line_of: Callable[[int], int]

    @cached_property
    @abstractmethod
    def indexed(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        """The index of each row, shape (n_rows,), and the unique texts; of ids in order of first appearance."""

    @abstractmethod
    def value(self, row: int) -> str:
        """What the file has there, as text."""

    @abstractmethod
    def is_missing(self) -> NDArray[np.bool_]:
        """Whether it is empty, or only whitespace, in each row."""


@dataclass(frozen=True, eq=False)
class TextColumn(Column):
    """`text` has one string per row, empty where the file has nothing."""

    text: pd.Series

    @cached_property
    def indexed(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        return index_ids(self.text)

    def value(self, row: int) -> str:
        return str(self.text.iloc[row])

    def is_missing(self) -> NDArray[np.bool_]:
        return (self.text.str.strip() == "").to_numpy(dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class CodedColumn(Column):
    """`known` is what `indexed` gives: the texts of single rows were never made."""

    known: "tuple[NDArray[np.int64], pd.Index[str]]"

    @cached_property
    def indexed(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        return self.known

    def value(self, row: int) -> str:
        index, texts = self.known
        return str(texts[index[row]])

    def is_missing(self) -> NDArray[np.bool_]:
        index, texts = self.known
        missing = np.asarray(texts.str.strip() == "", dtype=np.bool_)
        return missing[index] if missing.any() else np.zeros(len(index), np.bool_)


@dataclass(frozen=True, eq=False)
class NumberColumn(Column):
    """`numbers` are whole and written plainly, shape (n_rows,)."""

    numbers: NDArray[np.int64]

    @cached_property
    def indexed(self) -> "tuple[NDArray[np.int64], pd.Index[str]]":
        index, unique = index_ids(self.numbers)
        return index, pd.Index(unique.astype(str), dtype="str")

    def value(self, row: int) -> str:
        return str(self.numbers[row])

    def is_missing(self) -> NDArray[np.bool_]:
        return np.zeros(len(self.numbers), np.bool_)


@dataclass(frozen=True, eq=False)
class RawData:
    """The columns of the ratings and of the item table, and the SHA-256 over the bytes that they came from.

    `listed_id`, `title` and `genres` have one row per item of the item table, the others one per rating.
    """

    user_id: Column
    item_id: Column
    rating: Column
    timestamp: TextColumn | NumberColumn | None
    listed_id: TextColumn
    title: TextColumn
    genres: TextColumn
    fingerprint: str

    @property
    def columns(self) -> list[Column]:
        """All columns that there are."""
        every = (self.user_id, self.item_id, self.rating, self.timestamp, self.listed_id, self.title, self.genres)
        return [column for column in every if column is not None]


Report = Callable[[float], None]
"""Is told what share of the ratings' file has been read, 0 to 1."""

Wrong = list[DataFormatError] | None
"""Takes an error for each row that cannot be taken in, which is left out; None to have them raised."""


@dataclass(frozen=True)
class Format:
    """One way to lay out a data set in a folder or a zip.

    `files` are the names of all files that `read` reads, that of the ratings first, in the order in which the
    fingerprint covers them; `description` says in words what there must be; `read` returns the columns or raises a
    `DataFormatError`; given a list, it adds to that what is wrong with single rows; given a report, it may tell how far
    it is.
    """

    files: tuple[str, ...]
    description: str
    read: Callable[[Source, Wrong, Report], RawData]

    def holds_ratings(self, source: Source) -> bool:
        """Whether the file of the ratings is there, by its name alone."""
        return source.has(self.files[0])

    def is_in(self, source: Source) -> bool:
        """Whether at least one of the files is there; a missing one is then reported by name."""
        return any(source.has(file) for file in self.files)
