"""Where an exported run is read from: a folder, or a zip of one. Files are asked for by the names that an export gives
them; names that the source has otherwise lead nowhere, and each is read up to a size that is known beforehand."""

import contextlib
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from cf_core.errors import BadExportError
from cf_core.exports.record import RECORD

MOST_MEMBERS = 1_000
_CHUNK = 1 << 20
_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
"""Of a second, larger directory, which an export never has."""


class Source(Protocol):
    """An exported run that has not been looked at yet."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def open(self, file: str) -> contextlib.AbstractContextManager[tuple[BinaryIO, int]]:
        """A file to read, and its size in bytes.

        Raises:
            BadExportError: it is missing, is no plain file, or cannot be read.
        """


@dataclass(frozen=True)
class FolderSource:
    """The folder that `export_run` wrote."""

    folder: Path

    @property
    def name(self) -> str:
        return str(self.folder)

    @contextlib.contextmanager
    def open(self, file: str) -> Iterator[tuple[BinaryIO, int]]:
        try:
            # A link would lead out of the folder, and a pipe would never end.
            descriptor = os.open(self.folder / file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise _missing(self.name, file, error.strerror or "") from error
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise _missing(self.name, file, "this is no plain file")
        with os.fdopen(descriptor, "rb") as stream:
            yield stream, found.st_size


class ZipSource:
    """A zip of such a folder, with its files at the top or in one folder.

    Raises:
        BadExportError: it is no zip of an exported run.
    """

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        _check_directory(name, stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise BadExportError(f"{name} cannot be opened as a zip ({error}). Export the run again.") from error
        records = [path for path in self._zip.namelist() if path.rpartition("/")[2] == RECORD and path.count("/") <= 1]
        if len(records) != 1:
            raise BadExportError(
                f"{name} is no zip of an exported run: {RECORD} is not in it once. Export the run again."
            )
        self._prefix = records[0].removesuffix(RECORD)

    @contextlib.contextmanager
    def open(self, file: str) -> Iterator[tuple[BinaryIO, int]]:
        try:
            member = self._zip.getinfo(self._prefix + file)
            with self._zip.open(member) as stream:
                yield stream, member.file_size  # type: ignore[misc]  # reads as a binary stream does
        except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise _missing(self.name, file, str(error)) from error


def source_of(path: Path) -> Source:
    """The export at `path`, a folder or a zip.

    Raises:
        BadExportError: it is neither.
    """
    if path.is_dir():
        return FolderSource(path)
    if not path.is_file():
        raise BadExportError(f"{path} is no folder and no zip of an exported run. Name one.")
    try:
        return ZipSource(str(path), path.open("rb"))
    except OSError as error:
        raise BadExportError(f"{path} cannot be read ({error.strerror}). Name an exported run.") from error


def read(source: Source, file: str, most: int) -> tuple[bytes, str]:
    """The bytes of a file, and their SHA-256.

    Raises:
        BadExportError: it cannot be read, or has more than `most` bytes.
    """
    target = io.BytesIO()
    checksum = copy(source, file, target, most)
    return target.getvalue(), checksum


def copy(source: Source, file: str, target: BinaryIO, most: int) -> str:
    """Copy a file, and give its SHA-256. Raises as `read` does."""
    checksum, left = hashlib.sha256(), most
    with source.open(file) as (stream, size):
        if size > most:
            raise _too_large(source, file, most)
        while chunk := stream.read(_CHUNK):  # a zip may hold more than it says
            left -= len(chunk)
            if left < 0:
                raise _too_large(source, file, most)
            checksum.update(chunk)
            target.write(chunk)
    return checksum.hexdigest()


def _too_large(source: Source, file: str, most: int) -> BadExportError:
    return BadExportError(
        f"{source.name}: {file} has more than the {most:,} bytes that it can have. Export the run again."
    )


def _missing(name: str, file: str, why: str) -> BadExportError:
    return BadExportError(f"{name}: {file} cannot be read ({why}). Export the run again, with its weights.")


def _check_directory(name: str, stream: BinaryIO) -> None:
    """Refuse a zip whose directory is not the short one at its very end that an export has: a directory of a million
    files takes gigabytes to read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(size - _END_SIZE - _LOCATOR_SIZE, 0))
    last = stream.read()
    end = last[-_END_SIZE:]
    if end[:4] != _END or last[:4] == _LOCATOR:
        raise BadExportError(f"{name} is no zip of an exported run. Export the run again.")
    n_members, n_bytes = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if n_members > MOST_MEMBERS or n_bytes > MOST_MEMBERS * 1_000:
        raise BadExportError(f"{name} has too long a list of files. Export the run again.")
