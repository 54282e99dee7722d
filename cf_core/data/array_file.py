"""Arrays in one file, which every process maps into its memory instead of copying them: all that read the file share
the same pages, and the system reads those that are used, and drops them where it needs the room.

The file is the SHA-256 over all that follows, and then the arrays as NumPy saves them, each from a multiple of 64 bytes
on. The checksum is made sure of at the first reading after the machine has started: from then on a file whose state is
the same (see `file_notes.py`) holds what was read then, and what a power failure or a bad disk has done to it shows
at the next start. What is given up: a block that goes bad later and has to be read from the disk once more.

Files are replaced, never written into, and may be deleted while they are in use. That holds on a local disk; where
another machine deletes a file on a network disk, those that have it mapped are killed by the system.
"""

import os
import time
from collections.abc import Iterable
from hashlib import file_digest, sha256
from io import BufferedRandom, BufferedReader
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cf_core.data.file_notes import SUFFIX, FileState, Note, this_boot

_N_DIGEST = sha256().digest_size
_ALIGNED = 64
"""Bytes: a line of the processor's cache."""


class DamagedFileError(Exception):
    """The file is not what was written."""


class InPieces(NamedTuple):
    """An array of one dimension that is made piece by piece while it is written: it never is in memory as a whole."""

    length: int
    pieces: Iterable[NDArray[np.int64]]


def write_arrays(file: Path, arrays: Iterable[NDArray[Any] | InPieces]) -> list[NDArray[Any]]:
    """Write the arrays into a new file, and then their checksum in front of them. They come back mapped, as from
    `map_arrays`, but without being read once more."""
    with file.open("x+b") as stream:
        stream.write(bytes(_N_DIGEST))
        summed = _Summed(stream)
        summed.align()
        for array in arrays:
            if isinstance(array, InPieces):
                summed.save((array.length,), np.dtype(np.int64), array.pieces)
            else:
                summed.save(array.shape, array.dtype, [np.asarray(array, order="C")])
        stream.seek(0)
        stream.write(summed.digest.digest())
        stream.flush()
        return _arrays(mmap(stream.fileno(), 0, access=ACCESS_READ))


class _Summed:
    """Writes into a stream, and sums up what it writes while that is at hand."""

    def __init__(self, stream: BufferedRandom) -> None:
        self._stream, self.digest = stream, sha256()

    def write(self, data: bytes | memoryview) -> None:
        self.digest.update(data)
        self._stream.write(data)

    def save(self, shape: tuple[int, ...], dtype: np.dtype[Any], pieces: Iterable[NDArray[Any]]) -> None:
        """Write an array as `np.save` does."""
        header = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(self, header)
        for piece in pieces:
            self.write(piece.data)
        self.align()

    def align(self) -> None:
        """Go on to the next multiple of 64 bytes."""
        self.write(bytes(-self._stream.tell() % _ALIGNED))


def map_arrays(file: Path) -> list[NDArray[Any]]:
    """The arrays of a file, mapped; nobody can write into them.

    Raises:
        DamagedFileError: it is not what was written.
        OSError: it is not there, or cannot be read.
    """
    with file.open("rb") as stream:
        began, state = time.time(), FileState.of(file, stream.fileno())
        note = Note(note_of(file), state)
        if note.read() != this_boot():
            if not _is_intact(stream):
                raise DamagedFileError(file)
            if state.is_settled(began):
                note.write(this_boot())
        return _arrays(mmap(stream.fileno(), 0, access=ACCESS_READ))


def note_of(file: Path) -> Path:
    """Where it is noted that the file is intact; its time is that of the last use."""
    return file.with_name(file.name + SUFFIX)


def _is_intact(stream: BufferedReader) -> bool:
    return stream.read(_N_DIGEST) == file_digest(stream, "sha256").digest()


def _arrays(buffer: mmap) -> list[NDArray[Any]]:
    arrays: list[NDArray[Any]] = []
    buffer.seek(_ALIGNED)
    while buffer.tell() < len(buffer):
        npy.read_magic(buffer)
        shape, _, dtype = npy.read_array_header_1_0(buffer)
        array: NDArray[Any] = np.ndarray(shape, dtype, buffer, buffer.tell())
        buffer.seek(array.nbytes + -array.nbytes % _ALIGNED, os.SEEK_CUR)
        arrays.append(array)
    return arrays
