"""Liveness in a database that machines share: each process renews a lease, see liveness.py."""

import atexit
import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, text
from sqlalchemy.exc import SQLAlchemyError

from cf_core.errors import StoreError
from cf_core.runs.store.postgres import PostgresDatabase
from cf_core.runs.store.tables import RunRow

RENEW_SECONDS, DEAD_SECONDS = 3.0, 10.0
STALE_SECONDS = 3_600.0
"""A lease that nobody has renewed for so long is deleted."""

_TAKE = """
    INSERT INTO leases (name, renewed) VALUES (:name, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET renewed = excluded.renewed"""
_ALIVE = """
    SELECT name FROM leases WHERE name = ANY(:names)
    AND greatest(renewed, pg_postmaster_start_time()) > clock_timestamp() - make_interval(secs => :seconds)"""
_STALE = "DELETE FROM leases WHERE renewed < clock_timestamp() - make_interval(secs => :seconds)"

_log = logging.getLogger(__name__)


class Leases:
    """The leases in a database, and that of this process.

    While the database was away nobody could renew. After a restart of it every lease counts from there; and a process
    that failed to renew its own judges nobody for the next `DEAD_SECONDS`.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._name = ""
        self._ended = threading.Event()
        self._failed_at = float("-inf")

    def acquire(self) -> str:
        """The name under which this process holds runs; the first call takes the lease, which a thread then renews."""
        with self._lock:
            if not self._name:
                name = uuid.uuid4().hex
                self._execute(_TAKE, name=name)
                self._name = name
                threading.Thread(target=self._keep, daemon=True).start()
                atexit.register(self.end)
            return self._name

    def alive(self, names: Iterable[str]) -> set[str]:
        """Those of the processes that are alive."""
        asked = set(names)
        if not asked or time.monotonic() - self._failed_at < DEAD_SECONDS:
            return asked
        with self._database.reading() as session:
            found = session.execute(text(_ALIVE), {"names": [*asked], "seconds": DEAD_SECONDS})
            return set(found.scalars())

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name is alive."""
        return name in self.alive([name])

    def remove_stale(self) -> None:
        """Delete the leases of processes that ended long ago."""
        self._execute(_STALE, seconds=STALE_SECONDS)

    def fence(self) -> ColumnElement[bool]:
        """The condition that an unfinished run waits, or is trained by this process: a process that was taken for dead
        writes no more into the runs that it held."""
        return or_(RunRow.outcome == "queued", RunRow.holder == self._name)

    def renew(self) -> None:
        """Say that this process lives; where that fails, note when."""
        try:
            self._execute(_TAKE, name=self._name)
        except StoreError as error:
            self._failed_at = time.monotonic()
            _log.warning("The lease of this process could not be renewed: %s", error)

    def end(self) -> None:
        """Give the lease back: this process counts as dead at once."""
        atexit.unregister(self.end)
        self._ended.set()
        with contextlib.suppress(StoreError, SQLAlchemyError):
            self._execute("DELETE FROM leases WHERE name = :name", name=self._name)

    def _execute(self, statement: str, **values: object) -> None:
        with self._database.errors_in_words(), self._database.aside() as connection:
            connection.execute(text(statement), values)

    def _keep(self) -> None:
        """Renew the lease until this process ends."""
        while not self._ended.wait(RENEW_SECONDS):
            self.renew()


_leases: dict[str, Leases] = {}
_leases_lock = threading.Lock()


def leases_of_process(database: PostgresDatabase) -> Leases:
    """The leases in a database with the one that this process has there, whatever stores it has opened."""
    with _leases_lock:
        return _leases.setdefault(database.url, Leases(database))


def end_leases() -> None:
    """Give back all leases of this process, so that `leases_of_process` makes new ones."""
    with _leases_lock:
        ending = [*_leases.values()]
        _leases.clear()
    for each in ending:
        each.end()
