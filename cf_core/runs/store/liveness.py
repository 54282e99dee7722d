"""Which processes are alive. Each has a unique name for as long as it lives, and writes it into the runs that it holds:
those that it has queued or trains. A run whose holder is dead has nobody left to continue it.

In a folder a process is alive while it locks a file (see process_locks.py). In a shared database it is alive while it
renews a lease (see leases.py): every three seconds it writes the time into a row, and after ten without that it counts
as dead, all by the database's clock. A process that was only cut off may find itself taken for dead when it is back;
its runs are others' then, and `fence` keeps it from writing into them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from sqlalchemy import ColumnElement, true

from cf_core.runs.store.database import Database
from cf_core.runs.store.process_locks import acquire_process_lock, holder_is_alive, remove_stale_locks


class Liveness(Protocol):
    """Tells the processes that use a store which of them are alive. Raises (every method): StoreError, OSError."""

    def acquire(self) -> str:
        """The name under which this process holds runs, from now on until it ends."""

    def alive(self, names: Iterable[str]) -> set[str]:
        """Those of the processes that are alive."""

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name is alive."""

    def remove_stale(self) -> None:
        """Delete what processes left that have ended."""

    def fence(self) -> ColumnElement[bool]:
        """The condition that an unfinished run is not in the hands of another process that trains it."""


class FileLocks:
    """Liveness in the folder of a store, by locks that the kernel releases when a process exits for any reason."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def acquire(self) -> str:
        """See `Liveness`."""
        return acquire_process_lock(self.folder)

    def alive(self, names: Iterable[str]) -> set[str]:
        """See `Liveness`."""
        return {name for name in names if holder_is_alive(self.folder, name)}

    def is_alive(self, name: str) -> bool:
        """See `Liveness`."""
        return holder_is_alive(self.folder, name)

    def remove_stale(self) -> None:
        """See `Liveness`."""
        remove_stale_locks(self.folder)

    def fence(self) -> ColumnElement[bool]:
        """See `Liveness`; a lock lasts as long as its process, so that no fence is needed."""
        return true()


def liveness(database: Database, folder: Path | None) -> Liveness:
    """By file locks in the store's folder; by leases in its database where it has none."""
    if folder is not None:
        return FileLocks(folder)
    from cf_core.runs.store.leases import leases_of_process
    from cf_core.runs.store.postgres import PostgresDatabase

    assert isinstance(database, PostgresDatabase)
    return leases_of_process(database)
