"""The rows and folders of all workspaces' data sets: what becomes of them when time passes or room is needed."""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select

from cf_core.files import PART, remove_folder
from cf_core.runs.data_set import DataSet
from cf_core.runs.store.database import Database
from cf_core.runs.store.tables import DataSetRow

ABANDONED_SECONDS = 6 * 3_600.0
"""A folder in which a data set was being written so long ago has nobody who writes it any more."""


class DataSetRows:
    """The data sets of all workspaces; each has its files in `folder / data_id`."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    def select(self, *which: ColumnElement[bool]) -> list[DataSetRow]:
        """The rows, deleted ones too, the oldest first."""
        query = select(DataSetRow).where(*which).order_by(DataSetRow.created, DataSetRow.data_id)
        with self.database.reading() as session:
            return [*session.scalars(query).all()]

    @contextlib.contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Lets one block at a time run, among all threads and processes that add data sets. It is no transaction: to
        make room, a block has to write in transactions of its own."""
        with self.database.one_at_a_time(self.folder):
            yield

    def remove_deleted(self, data_id: str) -> None:
        """Remove a data set and its files for good, if it is deleted still. In one transaction: nobody can restore it
        meanwhile."""
        gone = DataSetRow.data_id == data_id, DataSetRow.deleted.is_not(None)
        with self.database.writing() as session:
            if session.scalar(select(DataSetRow.data_id).where(*gone)) is not None:
                remove_folder(self.folder / data_id)
                session.execute(delete(DataSetRow).where(*gone))

    def at(self, folder: str | Path) -> DataSet | None:
        """The data set whose files are in that folder, deleted or not; None where it is no workspace's."""
        rows = self.select(DataSetRow.data_id == Path(folder).name) if Path(folder).parent == self.folder else []
        return self.data_set(rows[0]) if rows else None

    def data_set(self, row: DataSetRow) -> DataSet:
        """The data set of a row."""
        return DataSet(
            row.data_id,
            row.name,
            self.folder / row.data_id,
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
            folders = [*self.folder.iterdir()] if self.folder.is_dir() else []
            finished = {row.data_id for row in self.select()}
            for folder in folders:
                if folder.name not in finished and _is_abandoned(folder):
                    remove_folder(folder)


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
