"""What the store asks of a database, whichever it is: sessions to read and write with, and errors in words.

`SqliteDatabase` is a file in the store's folder, `PostgresDatabase` a server that many machines share.
"""

import contextlib
import errno
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from cf_core.errors import StoreError

TOO_MANY_FILES = (
    "This process has as many files and connections open as it may. Close some tabs and try again; whoever runs the "
    "server can allow it more (ulimit -n)."
)


class Database(ABC):
    """The database of a store, with its tables as they are now.

    Raises (every method, and its making): StoreError, with what is wrong and what to do about it.
    """

    @abstractmethod
    def reading(self) -> contextlib.AbstractContextManager[Session]:
        """A session for reading, which sees the database at one moment."""

    @abstractmethod
    def writing(self) -> contextlib.AbstractContextManager[Session]:
        """A session whose changes are committed together when the block ends, and rolled back if it raises. One block
        at a time runs, among all threads, processes and machines: what it reads stays so until it ends."""

    @abstractmethod
    def errors_in_words(self) -> contextlib.AbstractContextManager[None]:
        """Turn errors of the database or the disk into a `StoreError` that names the place and the cure."""

    @abstractmethod
    def close(self) -> None:
        """Give back connections that nobody uses; the next session opens one again."""

    @abstractmethod
    def one_at_a_time(self, folder: Path) -> contextlib.AbstractContextManager[None]:
        """Lets one block at a time run, among all threads and processes that work on `folder`. It is no transaction:
        in it, others may write, and so may the block."""


@contextlib.contextmanager
def disk_errors_in_words(path: object) -> Iterator[None]:
    """Turn an `OSError` into a `StoreError` that names the file, or else `path`, and the cure."""
    try:
        yield
    except OSError as error:
        cure = "Make room or make the folder writable, or choose another with --runs or CF_LAB_RUNS."
        cure = TOO_MANY_FILES if error.errno == errno.EMFILE else cure
        raise StoreError(f"{error.filename or path}: {error.strerror}. {cure}") from error
