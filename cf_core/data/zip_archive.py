"""The files of a zip, which is never unpacked onto the disk, and whose contents are not trusted.

Refused, each with its cure: what is no zip or is damaged; members that are encrypted, packed by a method other than
deflate, named twice or with "..", or that unpack to more than `LARGEST`; and more members than a data set ever has.
"""

import functools
import io
import os
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import IO, BinaryIO, NoReturn

from cf_core.data.source import Source
from cf_core.errors import ArchiveError, MissingFileError

LARGEST = 2**32
"""Bytes, unpacked, of one member. The ratings of MovieLens 32M have 0.9 GB."""
MOST_TIMES, FREE_OF_DOUBT = 200, 2**22
"""A member of more bytes than the second may have at most so many times its packed size; ratings have four to ten."""
LARGEST_DIRECTORY = 2**20
"""Bytes of the list of members, about ten thousand of them."""

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1
_END, _N_END, _END_64 = b"PK\x05\x06", 22, b"PK\x06\x07"
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError)
_UNPACK = "Unpack it yourself, and name the folder."
_AGAIN = "Download or pack it again."
_Members = MappingProxyType[str, zipfile.ZipInfo]


class ZipArchive(Source):
    """The files of the zip at `path`, in whatever folder they are together.

    Raises:
        ArchiveError: it is not a zip, is damaged, or has members that are refused by their names.
        MissingFileError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            stat = os.stat(path)
        except OSError as error:
            raise _unopened(path, error) from error
        self._root, self._members = _directory(path, stat.st_mtime_ns, stat.st_size)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    def has(self, name: str) -> bool:
        return name in self._members

    def where(self, name: str) -> Path:
        return self.path / self._root / name

    def size(self, name: str) -> int:
        return self._member(name).file_size

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        return (self.path,)

    def open(self, name: str) -> io.BufferedReader:
        member, where = self._member(name), self.where(name)
        _check(member, where)
        try:
            archive = zipfile.ZipFile(self.path)
        except FileNotFoundError as error:
            raise _unopened(self.path, error) from error
        except _DAMAGE as error:
            _refuse_damaged(self.path, error)
        try:
            with _damage_named(where):
                stream = _Member(archive, archive.open(member), where)
        except ArchiveError:
            archive.close()
            raise
        return io.BufferedReader(stream, 2**16)

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            cure = f"Put {name} of the data set into this zip."
            raise MissingFileError("the file is not there", file=self.where(name), cure=cure)
        return self._members[name]


class _Member(io.RawIOBase):
    """A member as it is unpacked; damage that shows on the way has the error of ours."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes], where: Path) -> None:
        self._archive, self._stream, self._where = archive, stream, where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _damage_named(self._where):
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._archive.close()
        super().close()


@functools.lru_cache(maxsize=64)
def _directory(path: Path, changed: int, size: int) -> tuple[str, _Members]:
    """The folder that all files share, and the files by their names below it; those that a system adds are left out."""
    try:
        with path.open("rb") as stream:
            _check_directory(path, stream, size)
            with zipfile.ZipFile(stream) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
    except FileNotFoundError as error:
        raise _unopened(path, error) from error
    except _DAMAGE as error:
        _refuse_damaged(path, error)
    _check_names(path, [member.filename for member in members])
    members = [member for member in members if not _is_hidden(member.filename)]
    places = [PurePosixPath(member.filename) for member in members]
    root = os.path.commonpath([place.parent for place in places]) if places else ""
    names = [str(place.relative_to(root)) for place in places]
    return root, MappingProxyType(dict(zip(names, members, strict=True)))


def _check_directory(path: Path, stream: BinaryIO, size: int) -> None:
    """Refuse a zip with a list of members of unheard-of length before anything reads it."""
    stream.seek(max(0, size - _N_END - 2**16))
    tail = stream.read(_N_END + 2**16)
    at = len(tail) - _N_END if tail[-_N_END:].startswith(_END) else tail.rfind(_END)
    if at < 0 or at + _N_END > len(tail):
        raise ArchiveError("this is not a whole zip", file=path, cure=_AGAIN)
    (n_bytes,) = struct.unpack_from("<I", tail, at + 12)
    if n_bytes > LARGEST_DIRECTORY or tail[max(0, at - 20) : at].startswith(_END_64):
        raise ArchiveError("the zip has too many files, or is beyond 4 GB", file=path, cure=_UNPACK)


def _check_names(path: Path, names: list[str]) -> None:
    """Refuse names that lead out of the zip, or that it has twice."""
    outside = [name for name in names if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    if outside:
        problem = f"the file {outside[0]!r} in it has a name that is no place in a zip"
        raise ArchiveError(problem, file=path, count=len(outside), cure="Pack the data set again by its plain names.")
    name, n_times = next(iter(Counter(names).most_common(1)), ("", 0))
    if n_times > 1:
        raise ArchiveError(f"the file {name!r} is in it {n_times} times", file=path, cure="Keep one of them.")


def _is_hidden(name: str) -> bool:
    """Whether it is one of the files that macOS packs along, or begins with a dot."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _check(member: zipfile.ZipInfo, where: Path) -> None:
    """Refuse what cannot be unpacked, or had better not be."""
    if member.flag_bits & _IS_ENCRYPTED:
        raise ArchiveError("the file is encrypted", file=where, cure=_UNPACK)
    if member.compress_type not in _READABLE:
        raise ArchiveError("the file is not packed by deflate", file=where, cure=f"Pack it again. Or: {_UNPACK}")
    is_doubtful = member.file_size > FREE_OF_DOUBT and member.file_size > MOST_TIMES * member.compress_size
    if member.file_size > LARGEST or is_doubtful:
        problem = f"the file would unpack from {member.compress_size:,} to {member.file_size:,} bytes"
        raise ArchiveError(problem, file=where, cure=f"If it is what it should be: {_UNPACK}")


@contextmanager
def _damage_named(where: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        _refuse_damaged(where, error)


def _refuse_damaged(where: Path, error: Exception) -> NoReturn:
    raise ArchiveError("the zip is damaged", file=where, cure=_AGAIN) from error


def _unopened(path: Path, error: OSError) -> MissingFileError:
    cure = "See that the file is there and that you may read it."
    return MissingFileError(f"the zip cannot be opened ({error.strerror})", file=path, cure=cure)
