"""Removes the folders of runs and data sets that are gone for good.

Their rows go first, in a transaction that names the folders; the files follow after it, since an object store may take
its time and all other writers would wait. What a crash leaves between the two, `catch_up` removes later.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cf_core.runs.store.database import Database
from cf_core.runs.store.file_store import FileStore
from cf_core.runs.store.tables import RemovalRow


class FolderRemoval:
    """The folders that are to be removed.

    Raises (every method): StoreError, where the files cannot be removed now; they stay named.
    """

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database, self._files = database, files

    def name(self, session: Session, folders: Sequence[str]) -> None:
        """Name folders whose rows go in the transaction of `session`."""
        for folder in folders:
            session.merge(RemovalRow(folder=folder))

    def carry_out(self, folders: Sequence[str]) -> None:
        """Delete folders that were named, with all in them, and their names. Not in a transaction."""
        for folder in folders:
            self._files.remove_folder(folder)
        if folders:
            with self._database.writing() as session:
                session.execute(delete(RemovalRow).where(RemovalRow.folder.in_(folders)))

    def catch_up(self) -> None:
        """Delete all folders that were named and, for a crash or a store that was away, are not deleted yet."""
        with self._database.reading() as session:
            folders = session.scalars(select(RemovalRow.folder).order_by(RemovalRow.folder)).all()
        self.carry_out(folders)
