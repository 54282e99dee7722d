"""Writes a data set in the lab's own form: ratings.csv, movies.csv and about.json in a folder, whole or not at all."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cf_core.data.about import About, write_about
from cf_core.data.tables.names import check_free
from cf_core.data.tables.options import Report
from cf_core.data.tables.part_folder import part_folder
from cf_core.errors import StoreError
from cf_core.words import Words

RATINGS, ITEMS = "ratings.csv", "movies.csv"
_ROWS_AT_ONCE = 2**18
_SPECIAL = frozenset('",\r\n\ufeff')
"""What makes quotes necessary. Arrow takes a byte order mark at the beginning of what it reads for no part of a value.
"""


@contextlib.contextmanager
def new_data_set(target: Path) -> Iterator[Path]:
    """Yields an empty folder to write a data set into, which becomes `target` when the block ends, and not before; if
    the block raises, nothing stays. The folder lies deeper than data sets are looked for.

    Raises:
        ConfigError: the name is taken, or the folder around it is not there.
        StoreError: the disk is full, or the folder cannot be written.
    """
    check_free(target)
    try:
        with part_folder(target.parent) as around:
            part = around / target.name
            part.mkdir()
            yield part
            check_free(target)  # somebody may have been quicker
            os.rename(part, target)
    except OSError as error:
        cure = "Make room on the disk, or make the folder writable; nothing was kept."
        raise StoreError(f"{target}: could not be written ({error.strerror}). {cure}") from error


def write_data_set(
    folder: Path,
    ids: tuple[Sequence[str], Sequence[str]],
    index: tuple[NDArray[np.int64], NDArray[np.int64]],
    rating: pa.Array,
    seconds: NDArray[np.int64] | None,
    items: tuple[Sequence[str], Sequence[str]],
    words: Words,
    report: Report = lambda done, total: None,
) -> None:
    """Write the three files.

    Args:
        ids: of users and of items, as text.
        index: of the user and of the item of each rating, into `ids`.
        rating: as text, one per rating.
        seconds: since 1970, one per rating, or None.
        items: title and genres, in the order of the ids of items.
        report: is told how many ratings are written, of how many.
    """
    users, listed = (pa.array(list(map(_quoted, some)), pa.large_string()) for some in ids)
    n, at = len(rating), 0
    with (folder / RATINGS).open("wb") as stream:
        stream.write(b"userId,movieId,rating,timestamp\n" if seconds is not None else b"userId,movieId,rating\n")
        while at < n:
            part = slice(at, at + _ROWS_AT_ONCE)
            columns = [users.take(pa.array(index[0][part])), listed.take(pa.array(index[1][part])), rating[part]]
            columns += [] if seconds is None else [pa.array(seconds[part]).cast(pa.large_string())]
            stream.write(_lines(columns))
            at = min(n, at + _ROWS_AT_ONCE)
            report(at, n)
        _flush(stream.fileno())
    titles = [pa.array(list(map(_quoted, some)), pa.large_string()) for some in items]
    with (folder / ITEMS).open("wb") as stream:
        stream.write(b"movieId,title,genres\n" + _lines([listed, *titles]))
        _flush(stream.fileno())
    write_about(folder, About(words))


def _lines(columns: list[pa.Array]) -> memoryview:
    """Rows of CSV, from columns whose values are quoted already. The text of an Arrow array lies in one piece."""
    comma, end, nothing = (pa.scalar(text, pa.large_string()) for text in (",", "\n", ""))
    lines = pc.binary_join_element_wise(*columns[:-1], pc.binary_join_element_wise(columns[-1], end, nothing), comma)
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    _, offsets, text = lines.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)
    return memoryview(text)[int(bounds[lines.offset]) : int(bounds[lines.offset + len(lines)])]


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if _SPECIAL & set(value) else value


def _flush(descriptor: int) -> None:
    os.fsync(descriptor)
