"""The rows of the runs: read, with those whose process is gone told apart, and changed in one step.

Nothing in here knows what a change means; that is the store's.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update

from cf_core.errors import StoreError, UnknownRunError
from cf_core.runs.spec import UNFINISHED
from cf_core.runs.store.database import Database
from cf_core.runs.store.process_locks import is_alive
from cf_core.runs.store.tables import RunRow

CUT_OFF = "The process that had this run in hand ended without a word. Resume it to go on where it stood."


class RunRows:
    """The runs' rows in the database of the store at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / "runs.sqlite")

    def one(self, run_id: str) -> RunRow:
        """The row of that run.

        Raises:
            UnknownRunError: there is none.
        """
        rows = self.select(select(RunRow).where(RunRow.run_id == run_id))
        if not rows:
            raise self.unknown(run_id)
        return rows[0]

    def select(self, query: Select[RunRow]) -> Sequence[RunRow]:
        """The rows, with the runs whose process is gone marked as interrupted first."""
        rows = self._read(query)
        gone = {row.keeper for row in rows if row.outcome in UNFINISHED and not is_alive(self.folder, row.keeper)}
        if not gone:
            return rows
        with contextlib.suppress(StoreError):  # on a full disk it cannot be written down, but it is so all the same
            self._mark_cut_off(gone)
            rows = self._read(query)
        for row in rows:
            if row.outcome in UNFINISHED and row.keeper in gone:
                row.outcome, row.message = "interrupted", CUT_OFF
        return rows

    def change(self, run_id: str, values: dict[str, Any], *only_if: ColumnElement[bool]) -> bool:
        """Set `values` in the row where all of `only_if` hold; tell whether they did."""
        change = update(RunRow).where(RunRow.run_id == run_id, *only_if).values(values)
        with self.database.writing() as session:
            return session.execute(change.returning(RunRow.run_id)).first() is not None

    def unknown(self, run_id: str) -> UnknownRunError:
        """The error that there is no such run. It names the runs that nobody owns, which are those of the command
        line; what belongs to a workspace is not for every ear."""
        query = select(RunRow.run_id).where(RunRow.owner == "", RunRow.deleted.is_(None))
        with self.database.reading() as session:
            known = session.scalars(query.order_by(RunRow.created.desc(), RunRow.run_id)).all()
        there = f"Runs here are: {', '.join(known)}." if known else "There are no runs yet; train one."
        return UnknownRunError(f"There is no run '{run_id}' in {self.folder}. {there}")

    def _read(self, query: Select[RunRow]) -> Sequence[RunRow]:
        with self.database.reading() as session:
            return session.scalars(query).all()

    def _mark_cut_off(self, keepers: set[str]) -> None:
        theirs = RunRow.keeper.in_(keepers), unfinished()
        with self.database.writing() as session:
            session.execute(update(RunRow).where(*theirs).values(outcome="interrupted", message=CUT_OFF))


def unfinished() -> ColumnElement[bool]:
    """The run is queued or running."""
    return RunRow.outcome.in_(UNFINISHED)


def unfinished_or_cut_off() -> ColumnElement[bool]:
    """The run is queued or running, or was found so with its process gone and the reason unknown."""
    return or_(unfinished(), RunRow.message == CUT_OFF)
