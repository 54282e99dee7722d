"""Opens the database of a store: SQLite in its folder, or PostgreSQL where the address is a URL."""

from cf_core.runs.store.address import StoreAddress
from cf_core.runs.store.database import Database
from cf_core.runs.store.sqlite import SqliteDatabase

DATABASE_FILE = "runs.sqlite"


def open_database(address: StoreAddress) -> Database:
    """The database at `address`; raises as `SqliteDatabase` and `PostgresDatabase` do."""
    if address.is_folder:
        return SqliteDatabase(address.folder / DATABASE_FILE)
    from cf_core.runs.store.postgres import PostgresDatabase

    return PostgresDatabase(address.runs)
