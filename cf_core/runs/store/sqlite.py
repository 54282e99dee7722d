"""The SQLite database of a store in a folder: opened, migrated, its errors in words.

Write-ahead log, foreign keys on. A connection lives for one transaction, so that a vanished folder is noticed. One more
stays open and idle to keep the log file: without it the first reader has to create one, on a disk that may be full.
"""

import contextlib
import errno
import fcntl
import os
import sqlite3
import weakref
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from cf_core.errors import StoreError
from cf_core.runs.store.database import TOO_MANY_FILES, Database, disk_errors_in_words
from cf_core.runs.store.migrations.head import BASELINE, HEAD

BUSY_SECONDS = 30.0
CURES = {
    "file is not a database": "Move the file away: it is not one that CF Lab wrote.",
    "disk I/O": "Make room on the disk if it is full; is it sound? What was stored before is whole.",
    "malformed": "Move the file away and put back a copy of yours, if you have one.",
    "disk is full": "Make room on the disk; what was stored before is whole.",
    "readonly": "Make the folder and its files writable, or choose another with --runs or CF_LAB_RUNS.",
    "unable to open": "It is gone or unreadable. Put the folder back, or choose another with --runs or CF_LAB_RUNS.",
    "locked": "Another process has been writing for a long time. Try again in a moment.",
}
LAST_WITHOUT_ALEMBIC = 11
"""The version, in `PRAGMA user_version`, that the migrations from before Alembic lead to."""

STAMPED = LAST_WITHOUT_ALEMBIC + 1
"""The version of a database whose changes Alembic counts; one that an older CF Lab refuses."""


class SqliteDatabase(Database):
    """The database in one file, which is created where it is missing.

    Raises:
        StoreError: the folder cannot be written, the disk is full, or the file is not a database, or one that a newer
            version wrote.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with self.errors_in_words():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._migrate()
            weakref.finalize(self, self._connect().close)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """See `Database`."""
        with self.errors_in_words(), Session(self._engine) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`."""
        with self.errors_in_words(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def errors_in_words(self) -> Iterator[None]:
        """See `Database`."""
        try:
            with disk_errors_in_words(self.file):
                yield
        except IntegrityError:
            raise  # a defect of this program: it broke a rule of the tables
        except DatabaseError as error:
            cure = next((cure for sign, cure in CURES.items() if sign in str(error.orig)), "Is the disk sound?")
            cure = TOO_MANY_FILES if _has_no_descriptor_left() else cure
            raise StoreError(f"{self.file}: {error.orig}. {cure}") from error

    @contextlib.contextmanager
    def one_at_a_time(self, folder: Path) -> Iterator[None]:
        """See `Database`; by a lock on the folder itself, which is there."""
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def close(self) -> None:
        """See `Database`; here none is kept but the idle one."""

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.file.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # `_begin` says BEGIN
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")  # has an effect the first time only
        return connection

    def _migrate(self) -> None:
        with _locked(self.file.with_suffix(".lock")):
            self.file.touch(mode=0o600)  # to SQLite an empty file is an empty database
            _withdraw_from_others(self.file)
            version, revision = self._version()
            if (version, revision) == (STAMPED, HEAD):
                return
            if version > STAMPED or not _is_known(revision):
                raise StoreError(
                    f"{self.file}: written by a newer CF Lab (version {version} {revision or ''} of the store; this "
                    f"one knows up to {STAMPED} {HEAD}). Update CF Lab, or choose another folder with --runs or "
                    "CF_LAB_RUNS."
                )
            with self._writing.begin() as connection:
                _bring_up_to_date(connection, version)

    def _version(self) -> tuple[int, str | None]:
        """The version of the database, and the latest change that Alembic has made to it."""
        with self._engine.connect() as connection:
            version = int(connection.execute(text("PRAGMA user_version")).scalar_one())
            is_stamped = version == STAMPED
            revision = connection.execute(text("SELECT version_num FROM alembic_version")) if is_stamped else None
            return version, None if revision is None else revision.scalar()


def _is_known(revision: str | None) -> bool:
    if revision in (None, HEAD):
        return True
    from cf_core.runs.store.migrations.migrate import known_revisions

    return revision in known_revisions()


def _bring_up_to_date(connection: Connection, version: int) -> None:
    """Make all changes that a database of that version lacks; one that is new has none of those from before Alembic."""
    from cf_core.runs.store.migrations.migrate import stamp, upgrade

    if 0 < version <= LAST_WITHOUT_ALEMBIC:
        from cf_core.runs.store.before_alembic import run_migrations

        run_migrations(connection, version)
        stamp(connection, BASELINE)
    upgrade(connection)
    connection.execute(text(f"PRAGMA user_version = {STAMPED}"))


def _has_no_descriptor_left() -> bool:
    """SQLite says that it cannot open a file, and not why."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno == errno.EMFILE
    return False


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _withdraw_from_others(file: Path) -> None:
    """Let the file's owner alone read and write it, since it holds the tokens of all workspaces; SQLite's own files
    beside it follow. Another user who may write it cannot change that, and goes on."""
    found = file.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            with contextlib.suppress(FileNotFoundError):
                each.chmod(0o600)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
