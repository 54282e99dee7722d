"""The rows and files of all workspaces' data sets: what becomes of them when time passes or room is needed."""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select

from cf_core.data.about import ABOUT
from cf_core.files import PART, remove_folder
from cf_core.runs.data_set import DataSet
from cf_core.runs.store.database import Database
from cf_core.runs.store.file_store import FileStore
from cf_core.runs.store.folder_removal import FolderRemoval
from cf_core.runs.store.tables import DataSetRow

_FOLDER = "data"
ABANDONED_SECONDS = 6 * 3_600.0
"""A folder in which a data set was being written so long ago has nobody who writes it any more."""


class DataSetRows:
    """The data sets of all workspaces; each has its files in the folder `data/<data_id>` of the store's files.

    Attributes:
        incoming: the folder, perhaps not there yet, in which data sets and uploads are made ready.
    """

    def __init__(self, database: Database, files: FileStore, removal: FolderRemoval) -> None:
        self.database, self._files, self._removal = database, files, removal
        self.incoming = files.incoming(_FOLDER)

    def select(self, *which: ColumnElement[bool]) -> list[DataSetRow]:
        """The rows, deleted ones too, the oldest first."""
        query = select(DataSetRow).where(*which).order_by(DataSetRow.created, DataSetRow.data_id)
        with self.database.reading() as session:
            return [*session.scalars(query).all()]

    @contextlib.contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Lets one block at a time run, among all threads and processes that add data sets. It is no transaction: to
        make room, a block has to write in transactions of its own."""
        with self.database.one_at_a_time(self.incoming):
            yield

    def remove_deleted(self, data_id: str) -> None:
        """Remove a data set for good, if it is deleted still, in one transaction: nobody can restore it meanwhile. Then
        its files."""
        gone = DataSetRow.data_id == data_id, DataSetRow.deleted.is_not(None)
        with self.database.writing() as session:
            removed = session.execute(delete(DataSetRow).where(*gone).returning(DataSetRow.data_id)).scalars().all()
            folders = [f"{_FOLDER}/{each}" for each in removed]
            self._removal.name(session, folders)
        self._removal.carry_out(folders)

    def take(self, part: Path, data_id: str) -> None:
        """Store the files that are ready in the folder `part` as those of the data set."""
        self._files.take_folder(part, f"{_FOLDER}/{data_id}", ABOUT)

    def remove_files(self, data_id: str) -> None:
        """Remove the files of a data set that has no row."""
        self._files.remove_folder(f"{_FOLDER}/{data_id}")

    def at(self, folder: str) -> DataSet | None:
        """The data set whose files are in that folder, as `RunSpec.data` names it, deleted or not; None where it is no
        workspace's."""
        parent, _, data_id = folder.rpartition("/")
        rows = self.select(DataSetRow.data_id == data_id) if parent == self._files.place(_FOLDER) else []
        return self.data_set(rows[0]) if rows else None

    def data_set(self, row: DataSetRow) -> DataSet:
        """The data set of a row."""
        return DataSet(
            row.data_id,
            row.name,
            self._files.place(f"{_FOLDER}/{row.data_id}"),
            datetime.fromisoformat(row.created),
            row.n_ratings,
            row.n_bytes,
            None if row.deleted is None else datetime.fromisoformat(row.deleted),
        )

    def purge(self, before: str) -> None:
        """Remove the data sets that were deleted before that moment, and folders that nobody finished."""
        for row in self.select(DataSetRow.deleted < before):
            self.remove_deleted(row.data_id)
        with self.database.errors_in_words():
            parts = [*self.incoming.iterdir()] if self.incoming.is_dir() else []
            stored = self._files.stale_folders(_FOLDER, ABANDONED_SECONDS)
            finished = {row.data_id for row in self.select()}
            for part in parts:
                if part.name not in finished and _is_abandoned(part):
                    remove_folder(part)
        for data_id in stored:
            if data_id not in finished:
                self.remove_files(data_id)
        self._files.tidy()


def part_name(what: str) -> str:
    """The name of a folder that this process is still writing, unlike all others: `purge` removes it once the process
    is dead."""
    return f".{os.getpid()}-{what}{PART}"


def _is_abandoned(folder: Path) -> bool:
    process = folder.name.removeprefix(".").partition("-")[0]
    try:
        if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
            return True
        if folder.name.startswith(".") and process.isdecimal():
            os.kill(int(process), 0)
    except (FileNotFoundError, ProcessLookupError):
        return True
    except PermissionError:
        return False  # alive, and somebody else's
    return False
