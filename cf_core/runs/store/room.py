"""Makes room in a store: removes runs and data sets for good, and what dead processes left."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, select

from cf_core.runs.store.data_set_rows import DataSetRows
from cf_core.runs.store.folder_removal import FolderRemoval
from cf_core.runs.store.run_files import RunFiles
from cf_core.runs.store.run_rows import RunRows, unfinished
from cf_core.runs.store.tables import DataSetRow, RunRow
from cf_core.runs.visitor import address_mark

DAYS_TO_UNDO = 7
"""How long a deleted run can be restored."""


class Room:
    """What the runs and data sets of a store take, and how it is made less.

    Raises (every method): StoreError, see `RunStore`.
    """

    def __init__(self, rows: RunRows, files: RunFiles, data_sets: DataSetRows, removal: FolderRemoval) -> None:
        self._rows, self._files, self._data_sets, self._removal = rows, files, data_sets, removal
        self._database = rows.database

    def purge(self, now: datetime | None = None) -> None:
        """Remove the runs and data sets that were deleted more than `DAYS_TO_UNDO` days before `now`, and what dead
        processes left: locks, data sets that were being written, files that were being removed."""
        with self._database.errors_in_words():
            self._rows.liveness.remove_stale()
        before = ((now or datetime.now(UTC)) - timedelta(days=DAYS_TO_UNDO)).isoformat()
        old = select(RunRow).where(RunRow.deleted < before)
        if self._rows.ids(old):
            self._remove(old)
        self._data_sets.purge(before)
        self._removal.catch_up()

    def make(self, owner: str, quota: int) -> int:
        """Remove deleted runs and data sets of the owner for good, those first that were deleted first, until all of
        theirs take less than `quota` bytes; the bytes that they take then."""
        return self._make(RunRow.owner == owner, DataSetRow.owner == owner, quota)

    def make_for_address(self, address: str, quota: int) -> int:
        """The same for all that was submitted from that address, whoever owns it now."""
        mark = address_mark(address)
        return self._make(RunRow.address == mark, DataSetRow.address == mark, quota)

    def forget(self, run_id: str) -> None:
        """Remove a run that has ended, and its files, for good; one that has not ended stays."""
        self._remove(select(RunRow).where(RunRow.run_id == run_id, ~unfinished()))

    def _make(self, whose_runs: ColumnElement[bool], whose_data: ColumnElement[bool], quota: int) -> int:
        query = select(RunRow.run_id, RunRow.deleted).where(whose_runs)
        with self._database.reading() as session:
            rows = session.execute(query).all()
        with self._database.errors_in_words():
            sizes = self._files.sizes([run_id for run_id, _ in rows])
        taken = [(deleted, size, run_id, False) for (run_id, deleted), size in zip(rows, sizes, strict=True)]
        taken += [(row.deleted, row.n_bytes, row.data_id, True) for row in self._data_sets.select(whose_data)]
        used = sum(size for _, size, _, _ in taken)
        removable = [each for each in taken if each[0] is not None]
        for _, size, its_id, is_data in sorted(removable, key=lambda each: str(each[0])):
            if used < quota:
                break
            if is_data:
                self._data_sets.remove_deleted(its_id)
            else:
                self._remove(select(RunRow).where(RunRow.run_id == its_id, RunRow.deleted.is_not(None)))
            used -= size
        return used

    def _remove(self, query: Select[RunRow]) -> None:
        """Remove runs, in one transaction: nobody can restore one of them meanwhile. Then their files."""
        with self._database.writing() as session:
            run_ids = session.scalars(query.with_only_columns(RunRow.run_id)).all()
            session.execute(delete(RunRow).where(RunRow.run_id.in_(run_ids)))  # and so their epochs
            self._removal.name(session, run_ids)
        self._removal.carry_out(run_ids)
