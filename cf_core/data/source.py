"""Where the files of a data set are: a folder, a zip, or one file alone. Names first, contents only when asked for.

The names of a zip are those below the folder that all its files share, so that "ml-1m/ratings.dat" in "ml-1m.zip" is
called "ratings.dat", as in the unpacked folder.
"""

import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path

from cf_core.errors import DataFormatError, MissingFileError
from cf_core.remote.url import is_url

Stamp = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file: where two are equal, nothing has changed."""


class Source(ABC):
    """Files that are told apart by name.

    Attributes:
        path: the folder or file, as the user named it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of all files, in order of the alphabet."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether there is something of that name."""

    @abstractmethod
    def where(self, name: str) -> Path:
        """What messages call the file: for a zip, "ml-1m.zip/ml-1m/ratings.dat"."""

    @abstractmethod
    def size(self, name: str) -> int:
        """The bytes of the file, unpacked.

        Raises:
            MissingFileError: it is not there.
        """

    @abstractmethod
    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        """The files on the disk that hold those of these names, in whose state it shows when one changes."""

    @abstractmethod
    def open(self, name: str) -> BufferedReader:
        """The file as a stream of bytes, unpacked; to be closed.

        Raises:
            MissingFileError: it is not there or cannot be opened.
            ArchiveError: it is encrypted, unpacks to more than a data set can be, or is damaged, which may show only
                when the stream is read.
        """

    def read(self, name: str) -> bytes:
        """All bytes of the file; raises what `open` does."""
        with self.open(name) as stream:
            return stream.read()


class Folder(Source):
    """The files in a folder; those in folders within it do not count."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(entry.name for entry in os.scandir(self.path) if entry.is_file()))

    def has(self, name: str) -> bool:
        return os.path.exists(self.path / name)

    def where(self, name: str) -> Path:
        return self.path / name

    def size(self, name: str) -> int:
        try:
            return self.where(name).stat().st_size
        except OSError as error:
            raise _unopened(self.where(name), error) from error

    def files(self, names: Sequence[str]) -> tuple[Path, ...]:
        return tuple(map(self.where, names))

    def open(self, name: str) -> BufferedReader:
        try:
            return self.where(name).open("rb")
        except OSError as error:
            raise _unopened(self.where(name), error) from error


class OneFile(Folder):
    """A file that is no zip; its folder's other files do not count."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._file, self.path = path, path

    @property
    def names(self) -> tuple[str, ...]:
        return (self._file.name,)

    def has(self, name: str) -> bool:
        return name == self._file.name

    def where(self, name: str) -> Path:
        return self._file.with_name(name)


def check_size(file: Path, n_bytes: int, most_bytes: int) -> None:
    """Raise `DataFormatError` where a file, or all that is read of a data set, has more than `most_bytes`, unpacked."""
    if n_bytes > most_bytes:
        problem = f"unpacked, it has more than the {most_bytes / 2**20:,.0f} MB that may be read"
        raise DataFormatError(problem, file=file, cure="Take a part of it.")


def _unopened(file: Path, error: OSError) -> MissingFileError:
    """The error of a file that the system does not open."""
    match error.errno:
        case errno.ENOENT:
            problem, cure = "the file is not there", f"Put {file.name} of the data set into this folder."
        case errno.EISDIR:
            problem, cure = "this is a folder, not a file", f"Put the file {file.name} of the data set in its place."
        case _:
            problem = f"the file cannot be opened ({error.strerror})"
            cure = "See that the file can be opened and that you may read it."
    return MissingFileError(problem, file=file, cure=cure)


def stamp(path: str | Path) -> Stamp:
    """The files of a folder, or the file itself, as they are now; nothing where there is neither, or where a URL names
    the place: what is there never changes."""
    if is_url(path):
        return ()
    path = Path(path)
    files = [path] if os.path.isfile(path) else [*path.iterdir()] if os.path.isdir(path) else []
    stats = ((file.name, file.stat()) for file in files if file.is_file())
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))
