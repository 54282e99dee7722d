"""The PostgreSQL database of a store that several machines share: its pool of connections, its locks, its errors in
words.

Writers take turns, as on SQLite: each takes one advisory lock before it reads anything, and PostgreSQL gives it back
after the changes are visible to all. So no block ever decides by what another has changed meanwhile, and none has to
be made again. A block takes milliseconds. A reader waits for nobody, and sees one moment (REPEATABLE READ).
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from cf_core.errors import ConfigError, StoreAwayError, StoreError
from cf_core.runs.store.address import DRIVER, without_password
from cf_core.runs.store.database import Database, disk_errors_in_words
from cf_core.runs.store.migrations.head import HEAD

CONNECT_SECONDS, BUSY_SECONDS, IDLE_SECONDS = 5, 30, 120
"""How long the server may take to answer; how long a writer waits for the others; how long a block may do nothing
before the server takes its lock away."""

N_CONNECTIONS, N_MORE = 3, 12
"""Connections that a process keeps, and those that it may open besides while many visitors read at once."""

OPTIONS = f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s -c timezone=UTC"

AWAY = (
    "The database does not answer now. Nothing that was stored is lost; try again in a moment. If it has never "
    "answered before, correct the host in CF_LAB_RUNS."
)
FULL = "More processes use the database than it lets in. Try again in a moment, or raise its max_connections."
CURES = {
    "password authentication failed": "Put the right user and password into CF_LAB_RUNS.",
    "no password supplied": "Put the password into CF_LAB_RUNS.",
    "no pg_hba.conf entry": "Allow this machine and user in the server's pg_hba.conf.",
    "No space left on device": "Make room on the disk of the database; what was stored before is whole.",
    "permission denied": "Give the user of CF_LAB_RUNS the right to create and change tables in this database.",
    "lock timeout": "Another process has been writing for a long time. Try again in a moment.",
    "read-only": "It takes no changes now, as a standby does. Name the primary in CF_LAB_RUNS.",
}
_NO_DATABASE = ("database ", " does not exist")
_FULL = ("too many clients", "connection slots are reserved", "too many connections")
_DETAILS = re.compile(r" (LINE \d+: |Is the server running ).*")
"""What PostgreSQL adds for whoever wrote the statement, or set up the server."""


class PostgresDatabase(Database):
    """The database at a URL, whose tables are created where they are missing.

    Raises:
        StoreError: it refuses this lab, or a newer version wrote it.
        StoreAwayError: it does not answer.
        ConfigError: the URL is none, or the driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self.url, self.place = url, without_password(url)
        self._engine = self._make_engine(N_CONNECTIONS, N_MORE)
        self._aside = self._make_engine(1, 1).execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writing = self._engine.execution_options(isolation_level="READ COMMITTED")
        with self.errors_in_words():
            self._migrate()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """See `Database`."""
        with self.errors_in_words(), Session(self._reading) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database`."""
        with self.errors_in_words(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            _lock(session.connection(), "writers")
            yield session

    @contextlib.contextmanager
    def errors_in_words(self) -> Iterator[None]:
        """See `Database`."""
        try:
            with disk_errors_in_words(self.place):
                yield
        except IntegrityError:
            raise  # a defect of this program: it broke a rule of the tables
        except PoolTimeoutError as error:
            raise StoreError(f"{self.place}: too many visitors read at once. Try again in a moment.") from error
        except DBAPIError as error:
            raise self._in_words(error) from error

    @contextlib.contextmanager
    def one_at_a_time(self, folder: Path) -> Iterator[None]:
        """See `Database`; by one advisory lock for all folders: each machine may have its own."""
        with self.errors_in_words(), self._writing.begin() as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _lock(connection, "folders")
            yield

    def aside(self) -> Connection:
        """A connection on which each statement counts at once, outside the turns of the writers; there is one even
        where visitors have taken all others."""
        return self._aside.connect()

    def close(self) -> None:
        """See `Database`."""
        self._engine.dispose()
        self._aside.dispose()

    def _make_engine(self, n_connections: int, n_more: int) -> Engine:
        try:
            return create_engine(
                make_url(self.url),
                pool_size=n_connections,
                max_overflow=n_more,
                pool_timeout=BUSY_SECONDS,
                pool_pre_ping=True,  # the server may have been restarted since
                connect_args={"connect_timeout": CONNECT_SECONDS, "options": OPTIONS, "application_name": "cf-lab"},
            )
        except ImportError as error:
            raise ConfigError(
                f"{self.place}: the driver for PostgreSQL is not installed ({error.name}). "
                "Install it: pip install -r cf_core/runs/cluster-requirements.txt"
            ) from error
        except (ArgumentError, ValueError):
            raise ConfigError(
                f"{self.place}: is no URL of a database. Write {DRIVER}://USER:PASSWORD@HOST/DATABASE."
            ) from None  # whose message may quote the password

    def _in_words(self, error: DBAPIError) -> StoreError:
        said = _DETAILS.sub("", " ".join(without_password(str(error.orig)).split()))
        cure = next((cure for sign, cure in CURES.items() if sign in said), None)
        if cure is None and all(sign in said for sign in _NO_DATABASE):
            cure = "Create it (createdb), or name another in CF_LAB_RUNS."
        if cure is not None:
            return StoreError(f"{self.place}: {said}. {cure}")
        if any(sign in said for sign in _FULL):
            return StoreAwayError(f"{self.place}: {said}. {FULL}")
        if error.connection_invalidated or _is_away(said):
            return StoreAwayError(f"{self.place}: {said}. {AWAY}")
        return StoreError(f"{self.place}: {said}. The server's log says more.")

    def _migrate(self) -> None:
        """Make all changes that the database lacks. One process at a time looks and makes them, so that several that
        start at once make each change once."""
        with self._engine.connect() as connection:
            if _revision(connection) == HEAD:
                return
        with self._writing.begin() as connection:
            _lock(connection, "migration")
            revision = _revision(connection)
            if revision == HEAD:
                return
            from cf_core.runs.store.migrations.migrate import known_revisions, upgrade

            if revision is not None and revision not in known_revisions():
                raise StoreError(
                    f"{self.place}: written by a newer CF Lab (version {revision} of the store; this one knows up to "
                    f"{HEAD}). Update CF Lab, or choose another database with --runs or CF_LAB_RUNS."
                )
            self._check_encoding(connection)
            upgrade(connection)

    def _check_encoding(self, connection: Connection) -> None:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise StoreError(f"{self.place}: is in {encoding}. Create it in UTF8: createdb -E UTF8 -T template0 NAME.")


def _revision(connection: Connection) -> str | None:
    """The latest change that has been made to the tables; None where there are none."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _lock(connection: Connection, name: str) -> None:
    """Wait for the advisory lock of that name, which this transaction then has to its end."""
    key = int.from_bytes(hashlib.sha256(f"cf-lab {name}".encode()).digest()[:8], "big", signed=True)
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _is_away(said: str) -> bool:
    signs = (
        "connection failed", "connection to server", "could not connect", "Connection refused", "connection timeout",
        "server closed the connection", "starting up", "shutting down", "recovery mode", "terminating connection",
        "the connection is closed", "the connection is lost", "could not translate host name", "failed to resolve host",
    )  # fmt: skip
    return any(sign in said for sign in signs)
